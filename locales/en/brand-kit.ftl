# How a brand looks, before it is kept.
brand-kit-lead = How each brand looks and speaks, and what could be better.
brand-kit-none = There are no brands yet.
brand-kit-no-portal = No portal
brand-kit-found = { $n ->
    [0] Nothing to improve
    [one] 1 thing to improve
   *[other] { $number } things to improve
}
brand-kit-one-lead = Change a value and see it everywhere. Nothing changes for members until you keep it.
brand-kit-saved = Kept. Members see it like this now.
brand-kit-surfaces = How it looks
brand-kit-surface = { $surface ->
    [portal] The portal by day
    [portal-dark] The portal by night
    [ticket] A voucher and a form
    [letter] A letter by mail
   *[console] The console
}
brand-kit-fine = The contrasts are enough, and it is not taken for another brand.
brand-kit-finding = { $code ->
    [contrast] Hard to read: too little contrast
    [missing] The mark is missing
    [same] By night it looks as by day
    [alike] Its colour is taken for that of another brand
   *[other] Could be better
}
brand-kit-blocks = Cannot be used
brand-kit-mend = Better:
brand-kit-palette = { $palette ->
    [light] Colours by day
   *[dark] Colours by night
}
brand-kit-colour = { $colour ->
    [accent] Accent
    [accent_ink] Text on the accent
    [link] Links
    [paper] Page
    [surface] Surface
    [tint] Behind pictures
    [ink] Text
    [muted] Secondary text
    [line] Lines
    [card] Card
    [card_ink] Text on the card
   *[card_muted] Lesser text on the card
}
brand-kit-corner = { $corner ->
    [panel] Corners of panels (px)
    [button] Corners of buttons (px)
   *[card] Corners of the card (px)
}
brand-kit-tone = Form of address
brand-kit-tone-of = { $tone ->
    [tu] Informal (tú)
   *[usted] Formal (usted)
}
brand-kit-check = Check and see
brand-kit-keep = What changes
brand-kit-blocked = Like this it could not be read: mend first what is marked above.
brand-kit-save = Keep
brand-kit-back = Back to what is kept
brand-kit-letter = Something is waiting for you at { $brand }.
brand-kit-letter-why = This is how each letter ends, and why it comes.
