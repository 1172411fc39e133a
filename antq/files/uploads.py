"""How files come in: piece by piece, never more on the disk than may be taken.

Set in FILE_UPLOAD_HANDLERS, so that it holds for every address, before anybody is signed in.
"""

from html import unescape
from io import BytesIO
from tempfile import SpooledTemporaryFile

from django.conf import settings
from django.core.exceptions import BadRequest
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http.multipartparser import MultiPartParser

from antq.files import refusals
from antq.files.names import has_path

MB = 1024 * 1024
IN_MEMORY = 1 * MB
# A body up to this size is read to its end, so that the page can answer with what was typed and
# the error beside the field; of a longer one the line is cut.
MOST_READ = 1024 * MB


class RefusedUpload(UploadedFile):
    """Stands where a file was sent that is not taken; it has no content."""

    def __init__(self, name: str, refused: str):
        super().__init__(BytesIO(), name=name, size=0)
        self.refused = refused


class FullNames(MultiPartParser):
    """Keeps the path in a name, which Django takes off in silence: a name with one is refused."""

    def sanitize_file_name(self, file_name):
        clean = super().sanitize_file_name(file_name)
        return unescape(file_name) if clean and has_path(unescape(file_name)) else clean


class BoundedUploadHandler(FileUploadHandler):
    """Small files in memory, others in a file without a name: the system removes it, come what may.

    What is too large is read on and thrown away; a `RefusedUpload` is left in its place.
    """

    is_reading = False

    def handle_raw_input(self, input_data, META, content_length, boundary, encoding=None):
        if self.is_reading:
            return None
        if content_length > MOST_READ:
            raise BadRequest(refusals.body_too_large())
        self.is_reading = True
        # Texts of the form come with the files.
        is_long = content_length > (settings.UPLOAD_MB_AT_ONCE + 3) * MB
        self.body_refused = refusals.body_too_large() if is_long else ""
        return FullNames(META, input_data, [self], encoding).parse()

    def new_file(self, *args, **kwargs):
        super().new_file(*args, **kwargs)
        self.refused = self.body_refused
        if has_path(self.file_name):
            self.refused = refusals.PATH_IN_NAME
        self.file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 – the request closes it

    def receive_data_chunk(self, raw_data, start):
        if start + len(raw_data) > settings.UPLOAD_MB * MB and not has_path(self.file_name):
            self.refused = refusals.too_large()
        if self.refused:
            self.file.close()
        else:
            self.file.write(raw_data)

    def file_complete(self, file_size):
        if self.refused:
            self.file.close()
            return RefusedUpload(self.file_name, self.refused)
        self.file.seek(0)
        return UploadedFile(
            self.file,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )

    def upload_interrupted(self):
        if hasattr(self, "file"):
            self.file.close()
