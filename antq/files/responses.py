"""A stored file as an answer. Whether its reader may have it was asked of its record before."""

from django.http import FileResponse, Http404

from antq.files.models import FileKind, StoredFile

TYPES = {
    FileKind.PDF: "application/pdf",
    FileKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileKind.JPEG: "image/jpeg",
    FileKind.PNG: "image/png",
}
IN_BROWSER = (FileKind.PDF, FileKind.JPEG, FileKind.PNG)
LOST = "Không đọc được tệp này trên máy chủ. Báo người quản trị."


def file_response(stored: StoredFile, *, as_attachment: bool = False) -> FileResponse:
    """PDF and pictures open in the browser, Word and Excel are saved."""
    saved = as_attachment or stored.kind not in IN_BROWSER
    return _answer(stored.file, TYPES[FileKind(stored.kind)], stored.name, saved=saved)


def thumbnail_response(stored: StoredFile) -> FileResponse:
    if not stored.thumbnail:
        raise Http404
    return _answer(stored.thumbnail, TYPES[FileKind.JPEG], f"{stored.uuid.hex}.jpg", saved=False)


def _answer(field, content_type: str, name: str, *, saved: bool) -> FileResponse:
    try:
        file = field.open("rb")
    except OSError as error:
        raise Http404(LOST) from error
    response = FileResponse(file, as_attachment=saved, filename=name, content_type=content_type)
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    # The browser's own viewer of PDF does not open in a sandbox, and has styles of its own.
    is_pdf = content_type == TYPES[FileKind.PDF]
    policy = "object-src 'self'; style-src 'unsafe-inline'" if is_pdf else "sandbox"
    response["Content-Security-Policy"] = f"default-src 'none'; frame-ancestors 'none'; {policy}"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
