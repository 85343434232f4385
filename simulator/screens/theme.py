"""The program's own themes: dark, light and high contrast, and the colours that mean something."""

from __future__ import annotations

from textual.theme import Theme

DARK = Theme(
    name="interview-dark",
    primary="#7fb8cc",
    secondary="#9fb0c3",
    accent="#e3b872",
    foreground="#dde2ea",
    background="#13161b",
    surface="#191d24",
    panel="#222832",
    success="#93c491",
    warning="#e3a86b",
    error="#e0808a",
    dark=True,
    variables={
        "quiet": "#9aa4b3",
        "faint": "#7f8a9a",
        "line": "#2e3642",
        "said": "#dde2ea",
        "partial": "#8fa7b3",
        "turn-speaking": "#e3b872",
        "turn-listening": "#93c491",
        "turn-thinking": "#7fb8cc",
        "turn-paused": "#9fb0c3",
        "on-turn": "#13161b",
        "band": "#e3b872",
        "facet-unheard": "#7f8a9a",
        "facet-claimed": "#b9a272",
        "facet-supported": "#7fb8cc",
        "facet-held": "#93c491",
        "facet-limit": "#c9a3d6",
        "footer-background": "#191d24",
        "footer-key-foreground": "#e3b872",
        "footer-description-foreground": "#9fa9b8",
        "block-cursor-background": "#7fb8cc",
        "block-cursor-foreground": "#13161b",
        "block-cursor-text-style": "bold",
        "button-focus-text-style": "bold underline",
        "border": "#7fb8cc",
        "border-blurred": "#2e3642",
        "scrollbar": "#2e3642",
        "scrollbar-background": "#13161b",
        "scrollbar-corner-color": "#13161b",
    },
)

LIGHT = Theme(
    name="interview-light",
    primary="#1c6480",
    secondary="#4c5f73",
    accent="#8a5b00",
    foreground="#23272e",
    background="#faf8f3",
    surface="#f2efe7",
    panel="#e8e4d9",
    success="#2c6e3c",
    warning="#96530a",
    error="#a52a3c",
    dark=False,
    variables={
        "quiet": "#5d6470",
        "faint": "#676d77",
        "line": "#d5d0c3",
        "said": "#23272e",
        "partial": "#4c6f7e",
        "turn-speaking": "#8a5b00",
        "turn-listening": "#2c6e3c",
        "turn-thinking": "#1c6480",
        "turn-paused": "#4c5f73",
        "on-turn": "#ffffff",
        "band": "#8a5b00",
        "facet-unheard": "#676d77",
        "facet-claimed": "#7b6220",
        "facet-supported": "#1c6480",
        "facet-held": "#2c6e3c",
        "facet-limit": "#7a3f91",
        "footer-background": "#f2efe7",
        "footer-key-foreground": "#8a5b00",
        "footer-description-foreground": "#4f5661",
        "block-cursor-background": "#1c6480",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-text-style": "bold",
        "button-focus-text-style": "bold underline",
        "border": "#1c6480",
        "border-blurred": "#d5d0c3",
        "scrollbar": "#d5d0c3",
        "scrollbar-background": "#faf8f3",
        "scrollbar-corner-color": "#faf8f3",
    },
)

CONTRAST = Theme(
    name="interview-contrast",
    primary="#7fdfff",
    secondary="#ffffff",
    accent="#ffe14d",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#1a1a1a",
    success="#6dff8b",
    warning="#ffb347",
    error="#ff8f9c",
    dark=True,
    text_alpha=1.0,
    variables={
        "quiet": "#e0e0e0",
        "faint": "#c4c4c4",
        "line": "#8a8a8a",
        "said": "#ffffff",
        "partial": "#9fe8ff",
        "turn-speaking": "#ffe14d",
        "turn-listening": "#6dff8b",
        "turn-thinking": "#7fdfff",
        "turn-paused": "#ffffff",
        "on-turn": "#000000",
        "band": "#ffe14d",
        "facet-unheard": "#c4c4c4",
        "facet-claimed": "#ffe14d",
        "facet-supported": "#7fdfff",
        "facet-held": "#6dff8b",
        "facet-limit": "#ffb3ff",
        "footer-background": "#000000",
        "footer-key-foreground": "#ffe14d",
        "footer-description-foreground": "#ffffff",
        "block-cursor-background": "#ffe14d",
        "block-cursor-foreground": "#000000",
        "block-cursor-text-style": "bold",
        "button-focus-text-style": "bold underline",
        "border": "#ffffff",
        "border-blurred": "#8a8a8a",
        "scrollbar": "#8a8a8a",
        "scrollbar-background": "#000000",
        "scrollbar-corner-color": "#000000",
    },
)

THEMES = (DARK, LIGHT, CONTRAST)
"""The program's themes; the first is the default, and F2 goes through them in this order."""

MEANINGS = (
    "quiet",
    "faint",
    "line",
    "said",
    "partial",
    "turn-speaking",
    "turn-listening",
    "turn-thinking",
    "turn-paused",
    "on-turn",
    "band",
    "facet-unheard",
    "facet-claimed",
    "facet-supported",
    "facet-held",
    "facet-limit",
)
"""Names of the colours that mean something; every theme of the program gives each of them."""


def fallback(*, dark: bool) -> dict[str, str]:
    """Give the meaningful colours for a theme that is not the program's own.

    Args:
        dark: whether that theme is a dark one.
    """
    own = DARK if dark else LIGHT
    return {name: own.variables[name] for name in MEANINGS}
