"""The web chat (ウェブチャット): the shop's own page, a channel like any other."""
