"""What an operator does from the command line beside starting: look whether all is well, back up, restore."""
