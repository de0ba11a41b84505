# Notices in the browser.
push-title = Notices on this device
push-lead = { $tone ->
   *[tu] If you ask for it, we tell you three things here, even while this page is closed:
}
push-what-points = { $tone ->
   *[tu] Your points expire within the next two weeks.
}
push-what-reward = { $tone ->
   *[tu] You have enough for a reward.
}
push-what-voucher = { $tone ->
   *[tu] A voucher of yours ends in three days or less.
}
push-how-often = { $tone ->
   *[tu] Each is told once, and never at night. By turning notices on you agree to offers and news by this channel; you can turn them off here at any time.
}
push-do = Turn on notices here
push-none = This browser cannot receive notices. On an iPhone, first add this page to the home screen.
push-stopped = { $tone ->
   *[tu] The browser did not allow it. You can change that in its settings and try again.
}
push-refused = Notices could not be turned on in this browser.
push-on = Notices are on.
push-off = Notices are off.
push-devices = Browsers with notices
push-since = Since { $day }
push-end = Turn off
push-points-end = { $amount } expire after { $day }.
push-reward-reached = { $tone ->
   *[tu] You have enough for: { $reward }.
}
push-voucher-ends = { $tone ->
   *[tu] Your voucher “{ $reward }” ends on { $day }.
}
