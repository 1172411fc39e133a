"""The dossier of a point: which papers it needs, which it has; adding, changing, removing one.

Every step is a change of the point: it stands in its trail, and the province sees it.
"""

from dataclasses import dataclass, field
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Exists, Q, QuerySet

from antq.accounts.models import User
from antq.core.permissions import Permission
from antq.files.examine import Examined
from antq.files.services import drop, store
from antq.review.services import TransitionError, check_version, note
from movements.models import Document, DocumentKind, SchemePoint, SchemeType
from movements.services.points import locked

GONE = "Giấy tờ này không còn trong hồ sơ: có người vừa bỏ. Tải lại trang điểm mô hình."


@dataclass
class Line:
    """A kind of paper with what there is of it. is_needed: the checklist asks for it."""

    kind: DocumentKind
    is_needed: bool
    papers: list[Document] = field(default_factory=list)


@dataclass(frozen=True)
class Dossier:
    lines: list[Line]

    @property
    def needed(self) -> int:
        return sum(line.is_needed for line in self.lines)

    @property
    def there(self) -> int:
        return sum(line.is_needed and bool(line.papers) for line in self.lines)

    @property
    def missing(self) -> int:
        return self.needed - self.there


def checklist_of(kind: SchemeType) -> QuerySet[DocumentKind]:
    """The papers that points of a type need: the type's own list, or the common one."""
    own = SchemeType.checklist.through.objects.filter(schemetype=kind)
    listed = Q(pk__in=own.values("documentkind"))
    return DocumentKind.objects.filter(listed | Q(in_every_checklist=True) & ~Exists(own))


def dossier_of(point: SchemePoint) -> Dossier:
    """Every kind that is needed or there, in the order of its making."""
    lines = {kind.pk: Line(kind, True) for kind in checklist_of(point.scheme.type)}
    papers = point.documents.select_related("kind", "event", "file", "created_by", "updated_by")
    for paper in papers:
        lines.setdefault(paper.kind_id, Line(paper.kind, False)).papers.append(paper)
    return Dossier(sorted(lines.values(), key=lambda line: (line.kind.order, line.kind.pk)))


@transaction.atomic
def add_papers(
    point: SchemePoint, *, values: dict, files: list[Examined], uuid: UUID, by: User
) -> list[Document]:
    """Write one paper, or one for each of several files; none when this very form was saved.

    uuid: of the form; those of its further papers follow from it.
    """
    fresh = locked(point, by, Permission.RECORD_EDIT)
    if Document.objects.filter(client_uuid=uuid).exists():
        return []
    made = []
    for number, examined in enumerate(files or [None]):
        paper = Document(point=fresh, created_by=by, updated_by=by, **values)
        paper.client_uuid = uuid5(uuid, str(number)) if number else uuid
        paper.file = store(examined, by) if examined else None
        paper.save()
        made.append(paper)
    _note(fresh, "Thêm giấy tờ vào hồ sơ", by, _named(made))
    return made


@transaction.atomic
def change_paper(
    paper: Document, *, by: User, version: int | None, file: Examined | None, changed: str
) -> None:
    """Write the changed fields of `paper`, and the new file in place of the old one.

    changed: which fields were changed, in words.
    """
    point, fresh = _locked_paper(paper, by, version)
    if not changed and file is None:
        return
    old = fresh.file
    if file is not None:
        paper.file = store(file, by)
        replaced = f"tệp “{old.name}” → “{paper.file.name}”" if old else "thêm tệp"
        changed = ", ".join(part for part in (changed, replaced) if part)
    paper.version, paper.updated_by = fresh.version + 1, by
    paper.save()
    if file is not None and old:
        drop(old)
    _note(point, "Sửa giấy tờ trong hồ sơ", by, f"{_name(paper)}: {changed}")


@transaction.atomic
def remove_paper(paper: Document, *, reason: str, by: User, version: int | None = None) -> None:
    """The paper and its file go; that there was one, and why it went, stays in the trail."""
    point, fresh = _locked_paper(paper, by, version)
    if not reason.strip():
        raise TransitionError("Ghi lý do bỏ giấy tờ khỏi hồ sơ.", "reason")
    name, stored = _named([fresh]), fresh.file
    fresh.delete()
    if stored:
        drop(stored)
    _note(point, "Bỏ giấy tờ khỏi hồ sơ", by, f"{name}. {reason.strip()}")


def _locked_paper(paper: Document, by: User, version: int | None) -> tuple[SchemePoint, Document]:
    """The point and the paper as they are now; the point's lock keeps its papers."""
    point = locked(paper.point, by, Permission.RECORD_EDIT)
    fresh = Document.objects.select_related("kind", "file").filter(pk=paper.pk).first()
    if fresh is None:
        raise TransitionError(GONE)
    check_version(fresh, version)
    return point, fresh


def _note(point: SchemePoint, action: str, by: User, reason: str) -> None:
    """A paper says nothing of how large the point is today: the day of its last check stays."""
    point.version += 1
    point.updated_by = by
    point.save(update_fields=["version", "updated_by", "updated_at"])
    note(point, action=action, by=by, reason=reason if len(reason) <= 500 else f"{reason[:499]}…")


def _name(paper: Document) -> str:
    parts = [paper.kind.name, paper.number and f"số {paper.number}", paper.title]
    return ", ".join(part for part in parts if part)


def _named(papers: list[Document]) -> str:
    names = [f"“{paper.file.name}”" for paper in papers if paper.file]
    return " – ".join(part for part in (_name(papers[0]), ", ".join(names)) if part)
