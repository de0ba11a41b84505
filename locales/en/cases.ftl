# What members ask support.
cases-mine = My questions
cases-none = You have not written to us yet.
cases-ask = Write to us
cases-ask-lead = { $n ->
    [one] We answer within one working day, here and by e-mail.
   *[other] We answer within { $number } working days, here and by e-mail.
}
cases-about = What is it about?
cases-question = Tell us what happened
cases-with-screen = We also send which page you were on, so that we need not ask.
cases-send = Send
cases-wrong = Choose what it is about and write your question, up to 4,000 characters.
cases-code = Tracking code { $code }
cases-answer-by = We answer by { $day } at the latest.
cases-sent = Sent. We write to you when there is an answer.
cases-you = You
cases-helped = Did that help?
cases-helped-yes = Yes
cases-helped-no = No
cases-thanks = Glad we could help.
cases-sorry = We are sorry. Write to us below and we will look at it again.
cases-more = Add something
cases-topic = { $topic ->
    [points] Your points
    [purchase] A purchase that earned nothing
    [reward] A reward or a voucher
    [account] Your account and your data
    [merge] Programs becoming one
   *[other] Something else
}
cases-state = { $state ->
    [open] waiting
    [answered] answered
   *[closed] closed
}
cases-mail-arrived-subject = We have your question { $code }
cases-mail-arrived = We have your question and answer by { $day } at the latest. This is what you wrote:
cases-mail-answer-subject = An answer to your question { $code }
cases-mail-answer = { $brand } has answered your question:
cases-mail-see = See all of it and go on
cases-desk-lead = What members ask from the portal. Whoever is due first comes first.
cases-states = States
cases-nobody-waits = Nobody waits for an answer.
cases-none-here = There are none.
cases-code-head = Tracking code
cases-member = Member
cases-dossier = Open the member's page
cases-screen = Written from
cases-language = Language
cases-owner = Seen to by
cases-nobody = Nobody yet
cases-did-help = Did it help?
cases-said = Conversation
cases-answer = Answer
cases-answer-told = The member gets it by e-mail and sees it in the portal.
cases-answer-no-mail = There is no mail server: the member sees it in the portal.
cases-answer-send = Answer
cases-close = Close without another answer
cases-late = Late: { $at }
cases-due = Answer by { $at }
cases-tab = { $state ->
    [open] Waiting
    [answered] Answered
   *[closed] Closed
}
