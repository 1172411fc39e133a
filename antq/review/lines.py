"""Single lines of a return: as they were sent, sent back, and sent again."""

from django.utils.text import Truncator

from antq.core.changes import Change
from antq.review.models import ReturnedItem, ReturnRecord, ReviewEvent

LONGEST = 500


def sent_lines(record: ReturnRecord) -> dict[str, list]:
    """Every line as it is now, for the trail: {key: [label, text, value]}."""
    lines = record.review_lines()
    return {key: [line.label, line.text, line.value] for key, line in lines.items()}


def return_lines(record: ReturnRecord, event: ReviewEvent, reasons: dict[str, str]) -> None:
    """Keep the lines that come back, as they are, each with its reason."""
    lines = record.review_lines()
    ReturnedItem.objects.bulk_create(
        ReturnedItem(
            event=event,
            key=key,
            label=shortened(lines[key].label, 250),
            reason=shortened(reason),
            old_text=shortened(lines[key].text),
            old_value=lines[key].value,
        )
        for key, reason in reasons.items()
    )


def answer_lines(record: ReturnRecord, event: ReviewEvent) -> None:
    """The record is sent again: what became of the lines that came back."""
    items = list(ReturnedItem.objects.open_of(record))
    lines = record.review_lines() if items else {}
    for item in items:
        line = lines.get(item.key)
        item.answered = event
        item.new_text = shortened(line.text) if line else ""
        item.new_value = line.value if line else None
    ReturnedItem.objects.bulk_update(items, ["answered", "new_text", "new_value"])


def changes_since_sent_before(record: ReturnRecord) -> list[Change]:
    """What differs between the last two times that it was sent, in the order of its lines."""
    sent = ReviewEvent.objects.about(record).filter(sent_lines__isnull=False).order_by("-at", "-pk")
    versions = list(sent.values_list("sent_lines", flat=True)[:2])
    return lines_changed(versions[1], versions[0]) if len(versions) == 2 else []


def lines_changed(old: dict[str, list], new: dict[str, list]) -> list[Change]:
    """Two sets of lines as they were sent: those whose text or value is another."""
    found = []
    for key in [*new, *(key for key in old if key not in new)]:
        before, after = old.get(key), new.get(key)
        if before is None or after is None or before[1:] != after[1:]:
            label = (after or before)[0]
            found.append(Change(key, label, before[1] if before else "", after[1] if after else ""))
    return found


def shortened(text: str, longest: int = LONGEST) -> str:
    return Truncator(text).chars(longest)
