"""RULES: sessions are booked, changed, cancelled and held, alone and in series.

A booking or a change is one walk down: read and lock, decide, look for conflicts, write, tell. Locks are
taken in one order everywhere: the enrolment's row, the calendars of both people, the rows of sessions.

    booking            one session, or a series
    bookable_times     which times a student may book themselves
    self_booking       a student books one, and moves what is booked
    changes            other times, other details
    notice             until when a student may cancel or move
    lifecycle          started, completed, cancelled
    conflicts          no tutor and no student is in two sessions at once
    details            what a session has besides its time
    series             for which occurrences a change is meant, and where a series is split for it
    recurring_pattern  how a series recurs
    wall_time          dates and times on a wall somewhere
"""
