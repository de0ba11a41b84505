# Who works here and what was done.
team-when = When
team-who = Who
team-what = What
team-object = To what
team-why = Why, and details
team-audit-lead = The newest first. Each entry carries the digest of the one before: if somebody changes one, it shows.
team-audit-none = Nothing has happened yet that is worth recording.
team-chain-whole = Chain unbroken
team-chain-broken = The chain does not hold from entry { $at } on. Somebody has changed the log: tell whoever runs the installation.
team-job = Job
team-every = Every
team-last = Last time
team-done = Done
team-state = State
team-jobs-lead = Work that comes again by itself: expiry, sealing of the journal, webhooks.
team-seconds = { $n } s
team-job-what = { $job ->
    [cases-tell] Writes to members who asked
    [invitations-reward] Rewards whoever brought somebody who bought
    [invitations-forget] Forgets from which network people joined
    [missions-post] Posts first steps that were left half done
    [expiry] Points that expire or are released, and tier reviews
    [notices-find] Looks for what to tell those who asked for notices
    [notices-send] Sends notices to browsers
    [notices-forget] Forgets old notices
    [sealing] Seals the journal
    [trials-forget] Forgets trials with two files
    [wallet_passes-look] Sees which wallet passes changed
    [wallet_passes-tell] Tells Apple and Google of changes
    [webhooks-fan_out] Hands messages to the endpoints
    [webhooks-deliver] Sends the messages
    [webhooks-forget] Forgets old deliveries
   *[other] { "" }
}
team-never = Never
team-fails = Fails: { $n } in a row
team-runs = Running
team-well = Well
team-waits = Waits its turn
team-every-node = On every server
team-key-name = Name
team-key-name-hint = To know it by, such as “till 12”.
team-role = Role
team-made = Made
team-key-end = Action
team-revoked = Revoked
team-live = Works
team-over = Run out
team-revoke = Revoke
team-revoke-named = Revoke { $name }
team-keys-lead = Programs call with a key. Each has one role and works for this client only.
team-keys-none = There are no keys yet. The first one usually is the web shop's or a till's.
team-key-new = Make a key
team-key-scopes = Narrow it to
team-key-scopes-hint = Optional: for example, purchases:write members:read
team-key-make = Make it
team-key-made = The key “{ $name }” is ready. Copy it now.
team-once = It is shown this once.
team-role-name = { $role ->
    [cashier] Till
    [agent] Customer service
    [analyst] Analysis
    [program_manager] Program management
    [finance] Finance
    [admin] Administration
    [backend] System
    [platform] Installation
   *[other] { $role }
}
team-staff-lead = Who works for this client, and what they may do.
team-invited = Hand this link to { $login }: it works for a day, once.
team-staff-new = Add somebody
team-login = What they sign in with
team-login-hint = Usually the e-mail address.
team-name = Name
team-staff-add = Add
team-no-password = no password
team-roles = Roles
team-roles-set = Save roles
team-reset-lead = Lost the password or the phone? A new link makes the present password worthless and ends the sessions.
team-invite-lead = Cannot sign in yet. With the link he or she chooses a password and a second factor.
team-reset = Give a new link
team-invite = Give a link
team-elsewhere = This person works for other clients too: whoever runs the installation changes the password, with lazo staff password.
team-shown = Whoever sees it could use it: until the installation sets the password, what this person does counts as done by you both.
team-mailed = A link went to { $login }: it works for a day, once.
team-mail-failed = The mail server did not take the letter. Try again, or ask whoever runs the installation.
team-mail-subject = Your way into { $client }
team-mail-lead = { $client } gives you a place at its desk. With this link you choose a password and a second factor:
team-mail-after = It works for a day, once. If you did not expect it, leave it alone.
