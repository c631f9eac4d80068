"""Backup and return (バックアップと復元): one consistent set of registers, objects and keys, and
the way back from it.
"""
