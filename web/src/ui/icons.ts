/** The one icon set of all faces: 24-px line icons, each one path. Drawn by `Icon.vue`; only those imported are shipped. */
export const iconArrow = 'M5 19L18.5 5.5M9.5 5.5h9v9'
export const iconBack = 'M15 5l-7 7 7 7'
export const iconBell = 'M6 16.25V11a6 6 0 0 1 12 0v5.25L19.75 18H4.25zM10 21h4'
export const iconBox =
  'M5.5 5.5h13a1.5 1.5 0 0 1 1.5 1.5v10a1.5 1.5 0 0 1 -1.5 1.5h-13a1.5 1.5 0 0 1 -1.5 -1.5v-10a1.5 1.5 0 0 1 1.5 -1.5z'
export const iconBreak =
  'M4 9h12v6a4 4 0 0 1-4 4H8a4 4 0 0 1-4-4zM16 10.5h1.5a2.5 2.5 0 0 1 0 5H16M8 3.5v2M12 3.5v2'
export const iconCamera =
  'M5.25 6.5h7.5a2.5 2.5 0 0 1 2.5 2.5v6a2.5 2.5 0 0 1 -2.5 2.5h-7.5a2.5 2.5 0 0 1 -2.5 -2.5v-6a2.5 2.5 0 0 1 2.5 -2.5zM15.25 11l6-3.5v9l-6-3.5'
export const iconCameraOff =
  'M10.5 6.5h2.25a2.5 2.5 0 0 1 2.5 2.5v2l6-3.5v9l-1.5-.9M15.2 15.2a2.5 2.5 0 0 1-2.45 2.3h-7.5A2.5 2.5 0 0 1 2.75 15V9a2.5 2.5 0 0 1 2.5-2.5h1.2M4 4l16 16'
export const iconChat =
  'M5 4.5h14a2 2 0 0 1 2 2V15a2 2 0 0 1-2 2h-7.5L7 20.5V17H5a2 2 0 0 1-2-2V6.5a2 2 0 0 1 2-2zM8 10.75h.01M12 10.75h.01M16 10.75h.01'
export const iconCheck = 'M4.5 12.5l5 5L19.5 7'
export const iconChevronDown = 'M5.5 9.5L12 16l6.5-6.5'
export const iconChevronRight = 'M9.5 5.5L16 12l-6.5 6.5'
export const iconClock = 'M3 12a9 9 0 1 0 18 0a9 9 0 1 0 -18 0zM12 7v5.25l3.5 2'
export const iconClose = 'M6 6l12 12M18 6L6 18'
export const iconDevice =
  'M8.75 3h6.5A1.75 1.75 0 0 1 17 4.75v14.5A1.75 1.75 0 0 1 15.25 21h-6.5A1.75 1.75 0 0 1 7 19.25V4.75A1.75 1.75 0 0 1 8.75 3zM11 17.75h2'
export const iconError = 'M8.3 3h7.4L21 8.3v7.4L15.7 21H8.3L3 15.7V8.3zM12 7.75v5M12 16.25h.01'
export const iconEyeOff =
  'M9.9 5.7c.7-.1 1.4-.2 2.1-.2 6 0 9.5 6.5 9.5 6.5a15.6 15.6 0 0 1-2.9 3.7M6.4 7.3A15.6 15.6 0 0 0 2.5 12S6 18.5 12 18.5c1.7 0 3.2-.5 4.5-1.2M9.9 9.9a3 3 0 0 0 4.2 4.2M4 4l16 16'
export const iconFile =
  'M6.75 3h7l4.75 4.75v11.5A1.75 1.75 0 0 1 16.75 21h-10A1.75 1.75 0 0 1 5 19.25V4.75A1.75 1.75 0 0 1 6.75 3zM13.5 3v5h5M8.5 12.5h6.5M8.5 16.25h4.5'
export const iconFlip =
  'M4 10A8.25 8.25 0 0 1 18.6 7M19 3v4.25h-4.25M20 14a8.25 8.25 0 0 1-14.6 3M5 21v-4.25h4.25M9.5 12a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0 -5 0z'
export const iconHangUp =
  'M3 13.4c0-1.1.5-2 1.4-2.6A13.8 13.8 0 0 1 12 8.5c2.9 0 5.5.8 7.6 2.3.9.6 1.4 1.5 1.4 2.6v1.3a1.3 1.3 0 0 1-1.5 1.3l-3-.5a1.3 1.3 0 0 1-1.1-1.2l-.1-1.9a10.5 10.5 0 0 0-6.6 0l-.1 1.9a1.3 1.3 0 0 1-1.1 1.2l-3 .5A1.3 1.3 0 0 1 3 14.7z'
export const iconHighlighter =
  'M14.5 3.75l5.75 5.75-7.5 7.5-5.75-5.75zM7 11.25l-1.75 4 3.5 3.5 4-1.75M5.25 15.25L3 20.25l5.75-1.5'
export const iconInbox = 'M4 13l2.5-7.5h11L20 13v5.5H4zM4 13h4.5l1.5 2.5h4l1.5-2.5H20'
export const iconInfo = 'M3 12a9 9 0 1 0 18 0a9 9 0 1 0 -18 0zM12 11v5.5M12 7.75h.01'
export const iconKeyboard =
  'M5 6.5h14a2 2 0 0 1 2 2v7a2 2 0 0 1 -2 2h-14a2 2 0 0 1 -2 -2v-7a2 2 0 0 1 2 -2zM7 10h.01M10.5 10h.01M14 10h.01M17 10h.01M8 14h8'
export const iconLayers = 'M12 3.5l9 4.75-9 4.75-9-4.75zM3 12.5l9 4.75 9-4.75M3 16.5l9 4.25 9-4.25'
export const iconLock =
  'M7 10.5h10a2 2 0 0 1 2 2v6a2 2 0 0 1 -2 2h-10a2 2 0 0 1 -2 -2v-6a2 2 0 0 1 2 -2zM8 10.5v-3a4 4 0 0 1 8 0v3M12 14.5v2'
export const iconLogOut =
  'M10 4H5.75A1.75 1.75 0 0 0 4 5.75v12.5C4 19.2 4.8 20 5.75 20H10M15.5 7.5L20 12l-4.5 4.5M20 12H9.5'
export const iconMic =
  'M12 3h0a3 3 0 0 1 3 3v5a3 3 0 0 1 -3 3h-0a3 3 0 0 1 -3 -3v-5a3 3 0 0 1 3 -3zM5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3'
export const iconMicOff =
  'M15 10.5V6a3 3 0 0 0-5.8-1M9 9v2a3 3 0 0 0 4.6 2.5M5.5 11.5a6.5 6.5 0 0 0 10.8 4.9M18.5 11.5a6.5 6.5 0 0 1-.5 2.5M12 18v3M4 4l16 16'
export const iconNote =
  'M5.5 4h13A1.5 1.5 0 0 1 20 5.5V14l-6 6H5.5A1.5 1.5 0 0 1 4 18.5v-13A1.5 1.5 0 0 1 5.5 4zM20 14h-4.5a1.5 1.5 0 0 0-1.5 1.5V20M8 8.75h8M8 12.75h3.5'
export const iconPause = 'M8.5 5.5v13M15.5 5.5v13'
export const iconPen = 'M4 20l.9-4.1 11-11a2.26 2.26 0 0 1 3.2 3.2l-11 11zM13.75 7.05l3.2 3.2'
export const iconPhone =
  'M5.5 3.75h3l1.75 4.5-2.1 1.6a12.5 12.5 0 0 0 6 6l1.6-2.1 4.5 1.75v3a1.75 1.75 0 0 1-1.9 1.75C10.6 19.7 4.3 13.4 3.75 5.65A1.75 1.75 0 0 1 5.5 3.75z'
export const iconPhoto =
  'M4.75 7.25h2.9l1.4-2.5h5.9l1.4 2.5h2.9a2 2 0 0 1 2 2v8.5a2 2 0 0 1-2 2H4.75a2 2 0 0 1-2-2v-8.5a2 2 0 0 1 2-2zM8.5 13.25a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0z'
export const iconPlus = 'M12 5v14M5 12h14'
export const iconPointer = 'M5 4l14 7-6 2-2.5 6z'
export const iconPrint =
  'M7 8.5v-5h10v5M7 17H5a2 2 0 0 1-2-2v-4.5a2 2 0 0 1 2-2h14a2 2 0 0 1 2 2V15a2 2 0 0 1-2 2h-2M7 14h10v6.5H7zM17 11.5h.01'
export const iconRefresh = 'M19.5 12a7.5 7.5 0 1 1-2.2-5.3M19.5 4v4h-4'
export const iconRotate = 'M20.25 12a8.25 8.25 0 1 1-2.2-5.6L20 8.5M20 3.75V8.5h-4.75'
export const iconScreen =
  'M5 4h14a2 2 0 0 1 2 2v8.5a2 2 0 0 1 -2 2h-14a2 2 0 0 1 -2 -2v-8.5a2 2 0 0 1 2 -2zM12 16.5v4M8 20.5h8'
export const iconSearch = 'M4 10.75a6.75 6.75 0 1 0 13.5 0a6.75 6.75 0 1 0 -13.5 0zM15.75 15.75l4.75 4.75'
export const iconSign =
  'M3.5 20.5h17M4 16c1.8-5.5 4.6-11.5 6.5-10.8 2 .7-1.6 9.8.3 10.3 1.5.4 2.2-3.6 3.7-3.4 1.2.2.3 2.9 1.6 3.2 1 .2 2.3-1 4-2.3'
export const iconSignal = 'M4.5 19.5v-3M9.5 19.5V13M14.5 19.5v-10M19.5 19.5V5'
export const iconSpeaker =
  'M3.5 9.5v5h3.75L12.5 19V5L7.25 9.5zM16 9a4.25 4.25 0 0 1 0 6M18.75 6.25a8.1 8.1 0 0 1 0 11.5'
export const iconSpeakerOff = 'M3.5 9.5v5h3.75L12.5 19V5L7.25 9.5zM16.5 9.5l5 5M21.5 9.5l-5 5'
export const iconStar = 'M12 3.5l2.6 5.4 5.9.8-4.3 4.1 1 5.9L12 16.9l-5.2 2.8 1-5.9-4.3-4.1 5.9-.8z'
export const iconStop =
  'M7.5 6h9a1.5 1.5 0 0 1 1.5 1.5v9a1.5 1.5 0 0 1 -1.5 1.5h-9a1.5 1.5 0 0 1 -1.5 -1.5v-9a1.5 1.5 0 0 1 1.5 -1.5z'
export const iconTrash =
  'M4 6.5h16M9.25 6.5V4h5.5v2.5M6 6.5l.85 12.4a1.75 1.75 0 0 0 1.75 1.6h6.8a1.75 1.75 0 0 0 1.75-1.6L18 6.5M10 11v5M14 11v5'
export const iconUndo = 'M8.5 5L4 9.5 8.5 14M4 9.5h10.25a5.25 5.25 0 0 1 0 10.5H9'
export const iconUser = 'M8 8a4 4 0 1 0 8 0a4 4 0 1 0 -8 0zM4.5 20.5a7.5 7.5 0 0 1 15 0'
export const iconTransfer =
  'M4 8.25h15.5M15.75 4.5l3.75 3.75L15.75 12M20 15.75H4.5M8.25 12L4.5 15.75l3.75 3.75'
export const iconInvite =
  'M6 8a4 4 0 1 0 8 0a4 4 0 1 0 -8 0zM2.75 20.25a7.25 7.25 0 0 1 10.5-6.5M18 14v6.5M14.75 17.25h6.5'
export const iconUsers =
  'M5.5 8.5a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0zM2.5 19.5a6.5 6.5 0 0 1 13 0M15.5 5.25a3.5 3.5 0 0 1 0 6.5M18 13.9a6.5 6.5 0 0 1 3.5 5.6'
export const iconWarn =
  'M10.9 4.4a1.25 1.25 0 0 1 2.2 0l8 13.75A1.25 1.25 0 0 1 20 20H4a1.25 1.25 0 0 1-1.1-1.85zM12 9.75v4.5M12 17h.01'
export const iconWifiOff =
  'M5.5 13a9.3 9.3 0 0 1 4.5-2.4M2.5 9.5A14 14 0 0 1 7 6.6M12 5.5a14 14 0 0 1 9.5 4M14.5 10.7a9.3 9.3 0 0 1 4 2.3M8.75 16.25a4.65 4.65 0 0 1 6.5 0M12 19.5h.01M4 4l16 16'
export const iconZoomIn =
  'M4 10.75a6.75 6.75 0 1 0 13.5 0a6.75 6.75 0 1 0 -13.5 0zM15.75 15.75l4.75 4.75M10.75 8v5.5M8 10.75h5.5'
export const iconZoomOut =
  'M4 10.75a6.75 6.75 0 1 0 13.5 0a6.75 6.75 0 1 0 -13.5 0zM15.75 15.75l4.75 4.75M8 10.75h5.5'
export const iconSliders =
  'M4 7.5h8.5M17.5 7.5H20M4 16.5h2.5M11.5 16.5H20M12.5 7.5a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0 -5 0zM6.5 16.5a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0 -5 0z'
export const iconFreeze =
  'M12 3v18M4.2 7.5l15.6 9M4.2 16.5l15.6-9M9.5 4.5L12 7l2.5-2.5M9.5 19.5L12 17l2.5 2.5'
export const iconUpload = 'M12 15.5V4.5M7.5 9L12 4.5 16.5 9M4.5 20h15'
export const iconSave = 'M12 4v11.5M7.5 11l4.5 4.5 4.5-4.5M4.5 20h15'
