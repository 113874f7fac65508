"""The form an answer arrives in: ids of offered options, and a key that makes the form count once."""

from typing import Any

from django import forms
from django.utils.translation import gettext

from canarylearn.learning.ready import Ready

KEY = r"\A[A-Za-z0-9_-]{16,40}\Z"  # "$" would let a line end through, which is one character too many to keep


def option_id(position: int) -> str:
    """The id under which an option is offered: its letter."""
    return chr(ord("A") + position)


def field_name(ready: Ready, blank: str) -> str:
    """The name of a blank's field; a question's one blank is its choice."""
    return "choice" if ready.item.kind == "question" else f"blank-{blank}"


def _quoted(lines: list[str]) -> str:
    return ", ".join(f"“{line}”" for line in lines)


class AnswerForm(forms.Form):
    """Which option goes where. Nothing but the ids of this item's own options is accepted."""

    key = forms.RegexField(KEY)
    version = forms.IntegerField(min_value=1)

    def __init__(self, data: Any, *, ready: Ready) -> None:
        super().__init__(data)
        self.ready = ready
        for blank in ready.item.blanks:
            ids = [option_id(position) for position in range(len(ready.item.options_for(blank)))]
            self.fields[field_name(ready, blank)] = forms.ChoiceField(
                choices=[(one, one) for one in ids], required=False
            )

    def clean(self) -> dict[str, Any]:
        """Lines to put in order stand once each, so that nobody loses a try to a slip of the hand."""
        if self.ready.item.kind == "order" and sorted(self.answer.values()) != list(range(len(self.fields_of_blanks))):
            self.add_error(None, self._say_misplaced())
        return self.cleaned_data

    def _say_misplaced(self) -> str:
        """Which lines stand more than once, and which nowhere."""
        given, lines = list(self.answer.values()), self.ready.item.lines
        missing = [line.text for position, line in enumerate(lines) if position not in given]
        twice = [line.text for position, line in enumerate(lines) if given.count(position) > 1]
        told = gettext("Each line goes in once. Still missing: %(lines)s.") % {"lines": _quoted(missing)}
        if twice:
            told += " " + gettext("More than once: %(lines)s.") % {"lines": _quoted(twice)}
        return told + " " + gettext("Nothing was deployed, and no try was used.")

    @property
    def fields_of_blanks(self) -> list[str]:
        """The names of the fields that hold the answer."""
        return [field_name(self.ready, blank) for blank in self.ready.item.blanks]

    @property
    def complaint(self) -> str:
        """What to say to the learner about an answer that cannot be one; nothing where it was merely not ours."""
        return " ".join(str(error) for error in self.non_field_errors())

    @property
    def chosen(self) -> dict[str, str]:
        """The option id in each blank that was filled with something we offer."""
        found = {blank: self.cleaned_data.get(field_name(self.ready, blank), "") for blank in self.ready.item.blanks}
        return {blank: option for blank, option in found.items() if option}

    @property
    def empty_blanks(self) -> list[str]:
        """Blanks without an answer."""
        return [blank for blank in self.ready.item.blanks if blank not in self.chosen]

    @property
    def answer(self) -> dict[str, int]:
        """The positions of the chosen options, once every blank has one."""
        return {blank: ord(option) - ord("A") for blank, option in self.chosen.items()}
