# Como en España.
