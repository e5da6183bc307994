"""What every room stands on: database, actions, events, login, scope, keys, clock. It knows nothing of windows."""
