"""Small real files for dossiers, made by code; nothing in them is true.

No font comes with the program: the page says what Latin-1 can say.
"""

from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from antq.files.examine import Examined, examine

PAGE = (
    b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
    b"/Resources<</Font<</F 5 0 R>>>>>>"
)
FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Times-Roman/Encoding/WinAnsiEncoding>>"
SKY, HILL, FIELD, WALL, ROOF = "#cfe3f1", "#7ea07a", "#b7c48a", "#e9dcc3", "#8d4a3a"


def pdf(name: str, lines: list[str]) -> Examined:
    """One page with these lines."""
    shown = b"".join(b"(%s) Tj T*\n" % _escaped(line) for line in lines)
    text = b"BT /F 16 Tf 28 TL 72 760 Td\n" + shown + b"ET"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        PAGE,
        b"<</Length %d>>stream\n%s\nendstream" % (len(text), text),
        FONT,
    ]
    content, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, start=1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    tail = b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R>>\n"
    start = len(content)
    content += tail % (size, table, size) + b"startxref\n%d\n%%%%EOF\n" % start
    return examine(SimpleUploadedFile(name, content))


def _escaped(line: str) -> bytes:
    text = line.encode("cp1252")
    for sign in (b"\\", b"(", b")"):
        text = text.replace(sign, b"\\" + sign)
    return text


def picture(name: str) -> Examined:
    """A house at the foot of a hill."""
    image = Image.new("RGB", (1200, 800), SKY)
    draw = ImageDraw.Draw(image)
    draw.ellipse((-300, 300, 900, 1300), fill=HILL)
    draw.ellipse((500, 380, 1700, 1400), fill=HILL)
    draw.rectangle((0, 600, 1200, 800), fill=FIELD)
    draw.rectangle((420, 470, 780, 660), fill=WALL)
    draw.polygon(((380, 470), (600, 350), (820, 470)), fill=ROOF)
    draw.rectangle((570, 550, 630, 660), fill=ROOF)
    draw.line((860, 350, 860, 660), fill="#555555", width=8)
    draw.rectangle((840, 340, 900, 365), fill="#333333")
    written = BytesIO()
    image.save(written, "JPEG", quality=80)
    return examine(SimpleUploadedFile(name, written.getvalue()))
