# Consents and preferences.
consents-title = Consents and preferences
consents-back = { $tone ->
   *[tu] Back to your details
}
consents-lead = { $tone ->
   *[tu] You decide what we write to you about, and how. Nothing is ticked beforehand.
}
consents-purpose = { $purpose ->
    [offers] Offers and news
    [surveys] Surveys
    [profile] Offers that fit you
   *[partners] Other companies
}
consents-text = { $purpose ->
    [offers] Messages with the program's offers and news.
    [surveys] Short questions about purchases and services, one a month at most.
    [profile] Use purchases to choose which offers to show. Without this you see what everybody sees.
   *[partners] Messages from us with offers of partner companies. We give them no data.
}
consents-channel = { $channel ->
    [email] E-mail
    [sms] Text message
    [push] Notifications on the phone
    [post] Letter
   *[any] Yes, I agree
}
consents-language = Language
consents-save = Save
consents-saved = Saved.
consents-always = { $tone ->
   *[tu] What concerns your account, such as codes to sign in or points about to expire, always arrives.
}
