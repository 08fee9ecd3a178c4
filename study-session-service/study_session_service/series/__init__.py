"""RULES: series of sessions: opened at once, and changed, cancelled or handed over together.

Each session of a series is one as all others, with its own seats, waitlist, conversation and status. What
concerns several locks them in the order of their ids, as everything that locks several sessions does. What is
live or over stays as it is.

    opening       all its sessions
    listing       which of them a person sees
    changing      one of them, or several together
    cancelling    one of them, or several
    handing_over  one of them, or several, to another host
    joining       people join several, leave them, and are removed from them
    scope         which of them are meant, and locked
    seats         in several of them: taken, given back and waited for
    next_session  which of them is the next
    writing       several of them at once, and what happened is told in each
"""
