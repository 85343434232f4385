"""The registry of actions: names, keys, labels and tooltips from which bindings, help and footer are made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from textual.binding import Binding

from simulator.domain.errors import BadInputError


@dataclass(frozen=True, slots=True)
class Action:
    """Something that the user can do on a screen.

    Attributes:
        name: unique; a screen that offers it has a method `action_<name>`, and settings remap it by this name.
        keys: default keys, comma-separated, in Textual's spelling ("enter,space").
        label: one or two words, for the footer.
        tooltip: one sentence, for help and command palette.
        group: heading in the help.
        show: whether the footer shows it.
        priority: whether its keys work while a text box has the focus.
    """

    name: str
    keys: str
    label: str
    tooltip: str
    group: str
    show: bool = True
    priority: bool = False


INTERVIEW = "Interview"
LISTENING = "Listening again"
MARKING = "Marking"
MOVING = "Moving about"
PROGRAM = "Program"

ACTIONS: dict[str, Action] = {
    action.name: action
    for action in (
        Action("done", "enter,space", "Done", "End your answer now, or cut the interviewer short.", INTERVIEW),
        Action("repeat", "r", "Repeat", "Hear the last question again.", INTERVIEW),
        Action("skip", "s", "Skip", "Leave this question and go to the next.", INTERVIEW),
        Action("pause", "p", "Pause", "Stop the clock and the microphone, or go on.", INTERVIEW),
        Action("type", "t", "Type", "Type this answer; the microphone is not listened to.", INTERVIEW),
        Action("send", "enter", "Send", "Give what you typed as your answer.", INTERVIEW),
        Action("new_line", "alt+enter,ctrl+j", "New line", "Begin a new line in what you type.", INTERVIEW, show=False),
        Action(
            "leave_box", "escape", "Leave the box", "Leave the text box, answer aloud; the draft is kept.", INTERVIEW
        ),
        Action("leave", "q", "Quit", "End the interview (asks first; the session is kept).", INTERVIEW),
        Action("begin", "ctrl+s", "Start", "Start the interview as chosen.", INTERVIEW, priority=True),
        Action("demo", "ctrl+d", "Demo", "Watch a simulated candidate being interviewed.", INTERVIEW, priority=True),
        Action("play", "space", "Play", "Play, or stop where it stands.", LISTENING),
        Action("back", "left", "-5 s", "Go back five seconds.", LISTENING, show=False, priority=True),
        Action("forward", "right", "+5 s", "Go on by five seconds.", LISTENING, show=False, priority=True),
        Action("next_answer", "n", "Answer", "Jump to the next answer.", LISTENING),
        Action("previous_answer", "b", "Answer before", "Jump to the answer before.", LISTENING, show=False),
        Action("next_evidence", "e", "Evidence", "Jump to the next piece of evidence.", LISTENING),
        Action(
            "previous_evidence",
            "w",
            "Evidence before",
            "Jump to the piece of evidence before.",
            LISTENING,
            show=False,
        ),
        Action(
            "faster", "right_square_bracket,plus", "Faster", "Play faster, at the same pitch.", LISTENING, show=False
        ),
        Action(
            "slower", "left_square_bracket,minus", "Slower", "Play slower, at the same pitch.", LISTENING, show=False
        ),
        Action("find", "slash", "Find", "Find words that were said.", LISTENING),
        Action("note", "m", "Note", "Write a note at this moment.", MARKING),
        Action("keep", "k", "Keep", "Mark this answer as one to keep, or unmark it.", MARKING),
        Action("overrule", "o", "Overrule", "Say that the selected judgement is wrong, and why.", MARKING),
        Action("again", "a", "Again", "Try the same question once more.", INTERVIEW),
        Action("next_question", "n", "Next", "Go on to the next question.", INTERVIEW),
        Action("open", "enter,o", "Open", "Open the selected session.", MOVING),
        Action("delete", "delete,d", "Delete", "Delete the selected session (asks first).", MARKING),
        Action("rename", "r,f4", "Rename", "Give what is selected another name.", MARKING),
        Action("tag", "t", "Tags", "Set the selected session's tags.", MARKING),
        Action("take", "c", "Confirm", "Say that the selected proposal is right.", MARKING),
        Action("turn_down", "x", "Reject", "Say that the selected proposal is wrong.", MARKING),
        Action("close", "escape,q", "Close", "Close this screen.", MOVING),
        Action("confirm", "y", "Yes", "Yes, do it.", MOVING, show=False),
        Action("refuse", "n,escape", "No", "No, go back.", MOVING, show=False),
        Action("help", "question_mark,f1", "Help", "Show every key of this screen.", PROGRAM),
        Action("other_theme", "f2", "Theme", "Change between dark, light and high contrast.", PROGRAM, show=False),
        Action(
            "interrupt",
            "ctrl+c",
            "Stop",
            "Close in order and leave; twice: leave at once.",
            PROGRAM,
            show=False,
            priority=True,
        ),
    )
}
"""Every action of every screen, by name."""


def bindings(*names: str) -> list[Binding]:
    """Give the key bindings of the named actions, in that order; each carries its action's name as id.

    Args:
        names: names of actions in the registry.
    """
    return [
        Binding(
            action.keys,
            action.name,
            action.label,
            tooltip=action.tooltip,
            show=action.show,
            priority=action.priority,
            id=action.name,
        )
        for action in (ACTIONS[name] for name in names)
    ]


def keymap(keys: Mapping[str, str]) -> dict[str, str]:
    """Give the user's keys for actions, checked.

    Args:
        keys: action name to keys, comma-separated, as the setting `screen.keys` has them.

    Raises:
        BadInputError: an action of that name does not exist, or it is given no key.
    """
    for name, chosen in keys.items():
        if name not in ACTIONS:
            known = ", ".join(ACTIONS)
            raise BadInputError(f"The setting screen.keys names an unknown action, {name}.", f"There are: {known}.")
        if not chosen.strip():
            raise BadInputError(f"The setting screen.keys gives {name} no key.", "Give one, or remove the line.")
    return dict(keys)


def keys_of(name: str, keys: Mapping[str, str]) -> tuple[str, ...]:
    """Give the keys of an action, in Textual's spelling, as remapped by the user.

    Args:
        name: the action's name.
        keys: the setting `screen.keys`.
    """
    return tuple(key.strip() for key in keys.get(name, ACTIONS[name].keys).split(","))
