# Me.
me-title = Your details
me-since = With us since { $day }
me-names = How we know you
me-names-lead = With any of these you can sign in or say who you are.
me-scheme = { $scheme ->
    [email] E-mail
    [phone] Phone
    [card] Card
    [external] Member number
   *[other] { $scheme }
}
me-devices = Signed-in devices
me-device-unknown = Another browser
me-device-here = This one
me-device-end = End
me-device-seen = Last seen: { $at }
me-device-end-others = End all others
me-more = { $tone ->
   *[tu] Your choices
}
me-moved = { $tone ->
   *[tu] Your new address works from now on. For a day you cannot redeem, to be safe, and we have told the old address.
}
me-data = { $tone ->
   *[tu] Download my data
}
me-data-lead = { $tone ->
   *[tu] Everything that we keep of you, in a file that any computer can read.
}
me-data-take = Download everything (JSON)
me-data-csv = Movements only (CSV)
me-leave = Leave
me-leave-lead = { $tone ->
   *[tu] We are sorry to see you go. This is what will happen:
}
me-leave-lose = { $tone ->
   *[tu] You lose { $points }. They cannot be brought back.
}
me-leave-data = { $tone ->
   *[tu] We delete your name, your numbers and how to reach you.
}
me-leave-books = The entries in the books stay, with nothing that ties them to a person.
me-leave-spend = { $tone ->
   *[tu] Redeem my points first
}
me-leave-sure = I understand, and I want to leave
me-leave-tick = Tick the box to go on.
me-leave-do = Leave
me-left = Done
me-left-lead = { $tone ->
   *[tu] We keep none of your data any more. You can come back whenever you like.
}
me-profile = Name and address
me-profile-lead = Only what you want to tell us; what you delete here is deleted.
me-profile-given-name = First name
me-profile-surname = Surname
me-profile-address = Street and number
me-profile-postal-code = Postal code
me-profile-city = Town
me-profile-save = Save
me-profile-saved = Saved.
me-profile-none = We keep no name and no address here.
me-profile-long = This is too long: at most 200 letters.
me-profile-needed = This cannot be empty.
me-email = Change my e-mail address
me-email-lead = { $tone ->
   *[tu] We will send a code to the new address and a notice to the present one.
}
me-email-new = New e-mail address
me-email-send = Send code
me-email-code = { $tone ->
   *[tu] Write the code that arrived at the new address.
}
me-email-do = Change it
me-email-taken = That address belongs to another account.
me-mail-subject = { $tone ->
   *[tu] Your e-mail address at { $brand } has changed
}
me-mail-lead = { $tone ->
   *[tu] Somebody with access to your { $brand } account has put another address in the place of this one.
}
me-mail-after = { $tone ->
   *[tu] If it was you, there is nothing to do. If not, call us today: for a day nobody can redeem your points.
}
