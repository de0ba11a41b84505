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
