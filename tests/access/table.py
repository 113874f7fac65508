"""Who gets what at which address, by its name: first when it is opened (GET), then when a form without fields is sent
to it (POST).

200, 403, 404 … are what is answered; `in` is to be sent to sign in, and `go` to be sent on to another page. Where a row
says `404 200 404 …` the columns are the people in `PERSONAS`:
a guest, ada, eve, an author, the class's teacher, another instructor, and who runs the site.
"""


def everybody(what: str) -> str:
    """The same for all."""
    return " ".join([what] * 7)


def signed_in(what: str) -> str:
    """For whoever is signed in, whoever that is."""
    return f"in {what} {what} {what} {what} {what} {what}"


def ada(what: str, others: str) -> str:
    """What is the learner's own."""
    return f"{others} {what} {others} {others} {others} {others} {others}"


def its_teacher(what: str) -> str:
    """What is a class's, and there for its own teachers alone."""
    return f"in 403 403 403 {what} 404 404"


def instructors(what: str) -> str:
    """For every instructor, and who runs the site."""
    return f"in 403 403 403 {what} {what} {what}"


def writers(what: str) -> str:
    """For authors, instructors and who runs the site, outside the admin."""
    return f"in 403 403 {what} {what} {what} {what}"


def staff(what: str) -> str:
    """For authors, instructors and who runs the site."""
    return f"in in in {what} {what} {what} {what}"


WRITERS, RUNS_THE_SITE = "in in in {0} {0} {0} {0}", "in in in 403 403 403 {0}"
"""Who sees a model in the admin."""

ACCESS: dict[str, tuple[str, str]] = {
    "home": (everybody("200"), everybody("405")),
    "topic": (everybody("200"), everybody("405")),
    "lessons:visualise": (everybody("200"), everybody("405")),
    "lessons:predict": (everybody("405"), everybody("404")),
    "lessons:page": (everybody("200"), everybody("405")),
    "lessons:read": (everybody("405"), everybody("go")),
    "lessons:answer": (everybody("405"), everybody("422")),
    "practice:index": (everybody("200"), everybody("405")),
    "practice:item": (everybody("200"), everybody("405")),
    "practice:attempt": (everybody("405"), everybody("422")),
    "practice:hint": (everybody("405"), everybody("200")),
    "quizzes:index": (everybody("200"), everybody("405")),
    "quizzes:item": (everybody("200"), everybody("405")),
    "quizzes:attempt": (everybody("405"), everybody("422")),
    "quizzes:hint": (everybody("405"), everybody("200")),
    "challenge:index": (everybody("200"), everybody("405")),
    "challenge:item": (everybody("200"), everybody("405")),
    "challenge:start": (everybody("405"), everybody("422")),
    "challenge:attempt": (everybody("405"), everybody("409")),
    "challenge:hint": (everybody("405"), everybody("409")),
    "challenge:clock": (everybody("200"), everybody("405")),
    "challenge:more-time": (everybody("405"), everybody("409")),
    "challenge:no-clock": (everybody("405"), everybody("409")),
    "challenge:badge": (ada("200", others="404"), everybody("405")),
    "challenge:share": (ada("405", others="404"), ada("go", others="404")),
    "challenge:evidence": (ada("200", others="404"), everybody("405")),
    "challenge:speed": (everybody("405"), everybody("422")),
    "challenge:take-badge": (everybody("405"), ada("go", others="409")),
    "test:index": (everybody("200"), everybody("405")),
    "test:begin": (everybody("405"), everybody("go")),
    "test:question": (ada("200", others="go"), everybody("405")),
    "test:attempt": (everybody("405"), everybody("409")),
    "test:skip": (everybody("go"), everybody("go")),
    "test:more": (everybody("go"), everybody("go")),
    "test:end": (ada("200", others="go"), everybody("go")),
    "test:result": (ada("200", others="404"), everybody("405")),
    "test:explained": (ada("200", others="404"), everybody("405")),
    "lab:index": (everybody("200"), everybody("422")),
    "projects:index": (everybody("200"), everybody("405")),
    "projects:stage": (everybody("200"), everybody("405")),
    "projects:save": (everybody("405"), everybody("422")),
    "projects:run": (everybody("405"), everybody("422")),
    "projects:judge": (everybody("405"), everybody("422")),
    "projects:break": (everybody("404"), everybody("404")),
    "projects:hint": (everybody("405"), everybody("422")),
    "projects:other": (everybody("405"), everybody("go")),
    "review:index": (everybody("200"), everybody("405")),
    "review:wish": (everybody("405"), everybody("422")),
    "review:back": (everybody("405"), everybody("200")),
    "review:grade": (everybody("405"), everybody("422")),
    "review:attempt": (everybody("404"), everybody("404")),
    "review:hint": (everybody("404"), everybody("404")),
    "review:topic": (everybody("200"), everybody("405")),
    "progress": (everybody("200"), everybody("405")),
    "attempts": (everybody("200"), everybody("405")),
    "replay": (ada("200", others="404"), everybody("405")),
    "reports:mine": (everybody("200"), everybody("405")),
    "reports:item": (everybody("200"), everybody("422")),
    "reports:question": (everybody("200"), everybody("422")),
    "search": (everybody("200"), everybody("405")),
    "how-judged": (everybody("200"), everybody("405")),
    "classes:index": (everybody("200"), everybody("405")),
    "classes:find": (everybody("404"), everybody("405")),
    "classes:join": (everybody("200"), "go go 422 422 422 422 422"),
    "classes:leave": (signed_in("405"), "in go 404 404 404 404 404"),
    "insight:items": (instructors("200"), instructors("405")),
    "insight:export": (instructors("405"), instructors("200")),
    "insight:item": (instructors("200"), instructors("405")),
    "insight:why": (its_teacher("404"), instructors("405")),
    "insight:misconceptions": (instructors("200"), instructors("405")),
    "insight:reports": (instructors("200"), instructors("405")),
    "insight:exchange": (writers("200"), writers("422")),
    "insight:log": (instructors("200"), instructors("405")),
    "insight:report": (its_teacher("404"), its_teacher("404")),
    "teach:index": (instructors("200"), instructors("422")),
    "teach:classroom": (its_teacher("200"), its_teacher("405")),
    "teach:settings": (its_teacher("200"), its_teacher("422")),
    "teach:joining": (its_teacher("405"), its_teacher("go")),
    "teach:teachers": (its_teacher("405"), its_teacher("422")),
    "teach:remove-teacher": (its_teacher("405"), its_teacher("go")),
    "teach:end": (its_teacher("405"), its_teacher("go")),
    "teach:progress": (its_teacher("200"), its_teacher("405")),
    "teach:export": (its_teacher("405"), its_teacher("200")),
    "teach:member": (its_teacher("200"), its_teacher("422")),
    "teach:remove-member": (its_teacher("405"), its_teacher("go")),
    "teach:replay": (its_teacher("200"), its_teacher("405")),
    "teach:test": (its_teacher("200"), its_teacher("405")),
    "teach:test-question": (its_teacher("200"), its_teacher("405")),
    "teach:new-assignment": (its_teacher("200"), its_teacher("422")),
    "teach:assignment": (its_teacher("200"), its_teacher("405")),
    "teach:edit-assignment": (its_teacher("200"), its_teacher("422")),
    "teach:delete-assignment": (its_teacher("405"), its_teacher("go")),
    "own_data": (signed_in("200"), signed_in("405")),
    "preferences": (everybody("200"), everybody("422")),
    "export": (signed_in("200"), signed_in("405")),
    "delete_account": ("in 200 200 200 200 200 403", "in 422 422 422 422 422 403"),
    "account_login": ("200 go go go go go go", "200 go go go go go go"),
    "account_logout": ("go 200 200 200 200 200 200", everybody("go")),
    "account_signup": ("200 go go go go go go", "200 go go go go go go"),
    "account_inactive": (everybody("200"), everybody("405")),
    "account_reauthenticate": (signed_in("200"), signed_in("200")),
    "account_email": (signed_in("200"), signed_in("go")),
    "account_email_verification_sent": (everybody("200"), everybody("405")),
    "account_confirm_email": (everybody("200"), everybody("404")),
    "account_change_password": (signed_in("200"), signed_in("200")),
    "account_set_password": (signed_in("go"), signed_in("go")),
    "account_reset_password": (everybody("200"), everybody("200")),
    "account_reset_password_done": (everybody("200"), everybody("405")),
    "account_reset_password_from_key_done": (everybody("200"), everybody("405")),
    "account_reset_password_from_key": (everybody("200"), everybody("200")),
    "mfa_index": (signed_in("200"), signed_in("405")),
    "mfa_authenticate": (signed_in("go"), signed_in("go")),
    "mfa_reauthenticate": (signed_in("go"), signed_in("go")),
    "mfa_activate_totp": (signed_in("go"), signed_in("go")),
    "mfa_deactivate_totp": (signed_in("404"), signed_in("404")),
    "mfa_view_recovery_codes": (signed_in("404"), signed_in("404")),
    "mfa_generate_recovery_codes": (signed_in("go"), signed_in("go")),
    "mfa_list_webauthn": (signed_in("200"), signed_in("405")),
    "mfa_add_webauthn": (signed_in("go"), signed_in("go")),
    "mfa_login_webauthn": (signed_in("go"), signed_in("go")),
    "mfa_reauthenticate_webauthn": (signed_in("go"), signed_in("go")),
    "mfa_edit_webauthn": (signed_in("go"), signed_in("go")),
    "mfa_remove_webauthn": (signed_in("go"), signed_in("go")),
    "healthz": (everybody("200/503"), everybody("405")),
    "admin:index": (staff("200"), staff("200")),
    "admin:login": ("200 200 200 go go go go", everybody("200")),
    "admin:logout": ("go go go 405 405 405 405", everybody("go")),
    "admin:password_change": (staff("200"), staff("200")),
    "admin:password_change_done": (staff("200"), staff("405")),
    "admin:autocomplete": (staff("403"), staff("405")),
    "admin:jsi18n": (staff("200"), staff("405")),
    "admin:view_on_site": (staff("404"), staff("404")),
    "admin:authoring_draft_coloured": (staff("405"), staff("200")),
    "admin:authoring_draft_proof": (staff("200"), staff("go")),
    "admin:authoring_draft_publish": (staff("200"), staff("422")),
    "admin:auth_user_password_change": (RUNS_THE_SITE.format("200"), RUNS_THE_SITE.format("200")),
    "admin:app_list": (staff("200"), staff("200")),
}

ADMIN: dict[str, tuple[str, str]] = {
    "auth.group": (RUNS_THE_SITE, "add change delete"),
    "auth.user": (RUNS_THE_SITE, "add change delete"),
    "account.emailaddress": (RUNS_THE_SITE, "add change delete"),
    "mfa.authenticator": (RUNS_THE_SITE, "delete"),
    "learning.topic": (WRITERS, ""),
    "learning.item": (WRITERS, ""),
    "learning.version": (WRITERS, ""),
    "learning.learner": (RUNS_THE_SITE, ""),
    "learning.slot": (RUNS_THE_SITE, ""),
    "learning.attempt": (RUNS_THE_SITE, ""),
    "authoring.draft": (WRITERS, "add change delete"),
    "authoring.scene": (WRITERS, "add change delete"),
    "authoring.auditentry": (RUNS_THE_SITE, ""),
    "authoring.proofrun": (RUNS_THE_SITE, ""),
    "authoring.revision": (RUNS_THE_SITE, ""),
    "classes.classroom": (RUNS_THE_SITE, "change delete"),
    "classes.coteacher": (RUNS_THE_SITE, "delete"),
    "classes.membership": (RUNS_THE_SITE, "delete"),
    "classes.assignment": (RUNS_THE_SITE, "delete"),
}
"""Who sees a model in the admin, and what may be done with its rows besides looking: add, change, delete.

The pages that the admin makes for every model follow from this by one rule; a model that is not here fails the test.
"""

TAKEN = "200/422/go/404"
"""What those get who may send a form, and sent it empty: whether it is taken is not what this is about."""


def in_admin(model: str, page: str) -> tuple[str, str]:
    """Who gets what at one of a model's pages."""
    sees, does = ADMIN[model]
    nobody = staff("403")
    if page == "changelist":
        return sees.format("200"), sees.format("200/403/go")
    if page == "history":  # the admin looks for the row before it looks at who asks
        return sees.format("200/go").replace("403", "403/go"), sees.format(TAKEN).replace("403", "403/go")
    if page in does.split():
        return sees.format("200/go"), sees.format(TAKEN)
    return (sees.format("200/go") if page == "change" else nobody), nobody
