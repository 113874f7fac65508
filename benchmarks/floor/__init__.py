"""The floor: a Django app that does for an answer what has to be done and nothing else.

A session, a CSRF check, the user's row, a limit of tries, one INSERT and a template, behind the middleware that
`startproject` writes. The right option is simply stored. Whatever CanaryLearn costs above this is its own.
"""
