"""`make demo`: an AI media application billed end to end, over real HTTP, from provider answers to an explained invoice."""
