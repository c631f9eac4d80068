"""How long originals are kept and that they still are what they were (保管): copies, checks,
repairs, holds, deletion by two, room, and the way back when the database is gone.
"""
