# Signing in, joining, leaving.
sessions-sign-in = Sign in
sessions-sign-in-lead = We e-mail you a code. No passwords.
sessions-who = Your e-mail, phone or card number
sessions-who-hint = An old card works too.
sessions-who-wrong = Enter your e-mail, your phone or your card number.
sessions-send-code = Send me the code
sessions-no-account = Not a member yet?
sessions-join-link = Join
sessions-join = Join { $brand }
sessions-join-lead = Your e-mail is all we need. It is free, and you can leave any time.
sessions-email = Your e-mail
sessions-email-wrong = Enter the whole address, such as name@example.com.
sessions-join-act = Join
sessions-terms = By joining you accept the program’s rules.
sessions-terms-link = Read them
sessions-has-account = Already a member?
sessions-promise-one = Earn with every purchase, online too
sessions-promise-two = Always see what it is worth, and until when
sessions-promise-three = If something earns nothing, we say why
sessions-code = Check your e-mail
sessions-code-lead = If there is an account with these details, or you are joining, a six-digit code has just left. It is good for ten minutes.
sessions-code-label = Code
sessions-code-hint = Six digits, no spaces
sessions-code-act = Sign in
sessions-code-wrong = This code is wrong or no longer good. Check it, or ask for another.
sessions-code-none = Nothing there?
sessions-code-again = Ask for another code
sessions-nobody = You have no account yet
sessions-nobody-lead = { $email } is yours, but it has no account yet. Shall we make one?
sessions-tenants = For whom do you work now?
sessions-tenants-lead = Choose the client. You see it at the top all the time.
sessions-no-tenant = You work for nobody yet
sessions-no-tenant-lead = Your account belongs to no client. Ask an administrator to add you.
sessions-letters = This is a demo: your mail is here
sessions-letters-title = The demo’s mail
sessions-letters-lead = Nothing leaves this machine. Here is what would have been sent.
sessions-letters-none = Nothing yet.

# The letter with the code.
sessions-mail-subject = { $code } is your code for { $brand }
sessions-mail-lead = Your code to sign in:
sessions-mail-after = It is good for ten minutes. If you did not ask for it, there is nothing to do: without it nobody gets in.

# The team.
sessions-login = User
sessions-password = Password
sessions-second = Verification code
sessions-second-hint = The six digits that your app shows
sessions-staff-wrong = These details do not match. After several tries there is a wait of a quarter of an hour.
sessions-privacy = What we do with your data:

# What is somebody's own in the team.
sessions-own-title = My sign-in
sessions-own-change = Change the password
sessions-own-first = Choose a password
sessions-own-ends = Saving it ends all other sessions.
sessions-own-old = Present password
sessions-own-new = New password
sessions-own-length = 12 to 200 characters. A long phrase is easier to remember.
sessions-own-again = The new one again
sessions-own-set = Save password
sessions-own-differs = Differs from the new one.
sessions-own-wrong = The present password or the code is not right. Each code works once.
sessions-own-devices = Where you are signed in
sessions-own-unknown = Another browser
sessions-own-here = This one
sessions-own-end = End
sessions-own-seen = Last seen: { $at }
sessions-own-done = The new password works from now on. All other sessions have ended.
sessions-factor-title = The second factor
sessions-factor-lead = Read it with an authenticator app. From now on you sign in with the password and a code of six digits.
sessions-factor-code = QR code of the second factor
sessions-factor-typed = No camera? Type this key into the app:
sessions-factor-open = Open the app on this device
sessions-factor-once = It is shown this once.
sessions-factor-done = I have it

# Before what cannot be undone.
sessions-prove = { $tone ->
   *[tu] Confirm that it is you
}
sessions-prove-back = Back
sessions-prove-lead = { $tone ->
   *[tu] Before you go on, we have sent a code to your e-mail address.
}
sessions-prove-nowhere = { $tone ->
   *[tu] We have no e-mail address of yours to send a code to. Call us and we will do it with you.
}
