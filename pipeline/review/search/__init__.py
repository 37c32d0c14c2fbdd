"""Search over the talk of a study, held in memory: by words, by meaning, within groups, roles, codes and coders.

Nothing here is written to a disk, so that what a participant withdraws is left in no index; and the answer is the
same whichever database the study lives in.
"""
