# Solo lo que en México se dice de otra manera.
journeys-letter-expiring-a-month-left-subject = Algunos de tus puntos vencen este mes
journeys-letter-expiring-a-month-left-body =
    Tienes { "{{points}}" } puntos, y una parte vence en los próximos 30 días.

    No dejes que se pierdan: mira qué puedes llevarte con ellos.
journeys-letter-expiring-last-days-body =
    Quedan pocos días para que venza una parte de tus { "{{points}}" } puntos.

    Todavía estás a tiempo.
journeys-entry-expiring = A quien le vencen puntos pronto
journeys-entry-expiring-told = A quien le vencen { $points } puntos o más en { $days } días
journeys-points = Puntos que vencen, al menos
journeys-template-expiring = Puntos que vencen
