"""Drawn pieces (作画): watches, stones, bags and garments as vector drawings on a studio's grey."""
