"""Refusals of files."""

from cloudwindow.foundation.errors import define

define("file_empty", 422, "这个文件是空的，请换一个。", "This file is empty. Choose another one.")
define(
    "file_too_large",
    413,
    "文件太大，最多 {limit_mb} MB。照片可以在手机里选小一点的尺寸再发。",
    "The file is too large; the limit is {limit_mb} MB. A photo can be sent in a smaller size.",
)
define(
    "file_type_refused",
    415,
    "这种文件不能发。可以发照片（JPG、PNG、WebP），以及 PDF、Word、Excel、PPT 文件（docx、xlsx、pptx）。",
    "This kind of file cannot be sent. Send a picture (JPG, PNG, WebP), or a PDF, Word, Excel or PowerPoint file "
    "(docx, xlsx, pptx).",
)
define(
    "picture_type_refused",
    415,
    "这里只能发照片（JPG、PNG、WebP）。",
    "Only pictures (JPG, PNG, WebP) can be sent here.",
)
define(
    "picture_heic",
    415,
    "这张照片是 HEIC 格式，暂时打不开。请在 iPhone 的“设置 → 相机 → 格式”里选“兼容性最佳”，再拍一张。",
    "This photo is in HEIC format, which cannot be opened here. On the iPhone choose Settings, Camera, Formats, "
    "Most Compatible, and take it again.",
)
define(
    "file_old_office",
    415,
    "这是旧版 Office 文件（doc、xls、ppt）。请另存为 docx、xlsx、pptx 或 PDF 再发。",
    "This is an old Office file (doc, xls, ppt). Save it as docx, xlsx, pptx or PDF and send that.",
)
define(
    "file_has_macros",
    415,
    "这个文件里有宏，为了安全不能发。请另存为不带宏的文件或 PDF 再发。",
    "This file contains macros and cannot be sent, for safety. Save it without them, or as PDF.",
)
define(
    "picture_too_many_pixels",
    422,
    "照片的像素太多，最多 {megapixels} 百万。请在相机设置里选小一点的尺寸再拍。",
    "The picture has too many pixels; the limit is {megapixels} million. Choose a smaller size in the camera.",
)
define(
    "picture_broken",
    422,
    "这张照片打不开，可能没有传完整。请重新选一次，或者再拍一张。",
    "This picture cannot be opened; it may be incomplete. Choose it again, or take another one.",
)
define(
    "storage_unavailable",
    503,
    "文件暂时存不进去，请过一会儿再发，别的不受影响。",
    "Files cannot be stored at the moment. Send it again in a while; nothing else is affected.",
)
define(
    "file_unreadable",
    500,
    "这个文件读不出来，已经记下。请让对方再发一次。",
    "This file cannot be read, which has been recorded. Ask for it to be sent again.",
)
define(
    "range_not_satisfiable",
    416,
    "文件没有这么长，请重新下载。",
    "The file is not that long. Download it again.",
)
define(
    "document_type_refused",
    415,
    "这里只能推送 PDF、JPG、PNG。别的文件请另存为 PDF 再推送。",
    "Only PDF, JPG and PNG can be pushed. Save other files as PDF first.",
)
define(
    "document_locked",
    422,
    "这个 PDF 加了密码，对方打不开。请换一份不带密码的。",
    "This PDF is protected by a password. Use one without.",
)
define(
    "document_active",
    422,
    "这个 PDF 里有脚本、附件或会自己运行的内容，为了安全不能推送。请打印成新的 PDF 再推送。",
    "This PDF contains scripts, attachments or things that run by themselves. Print it to a new PDF and push that.",
)
define(
    "document_broken",
    422,
    "这个 PDF 打不开，可能没有存完整。请重新存一份再推送。",
    "This PDF cannot be opened; it may be incomplete. Save it again and push that.",
)
define(
    "document_too_many_pages",
    422,
    "页数太多，一次最多 {limit} 页。请只留要看的那几页。",
    "Too many pages; the limit is {limit}. Keep those that matter.",
)
define(
    "document_page_too_large",
    422,
    "页面太大了，最大 A0。请缩小页面再推送。",
    "A page is too large; A0 is the largest. Make the page smaller and push it again.",
)
define(
    "document_too_heavy",
    422,
    "这个 PDF 太复杂，画不出来。请打印成新的 PDF，或把要看的那页拍下来。",
    "This PDF is too complex to be drawn. Print it to a new PDF, or take a picture of the page that matters.",
)
