# Lo que en México se dice de otro modo.
team-over = Vencida
team-job-what = { $job ->
    [expiry] Puntos que vencen o se liberan, y revisión de niveles
    [sealing] Sella el libro de asientos
    [trials-forget] Olvida las pruebas con dos ficheros
    [webhooks-fan_out] Reparte los mensajes entre los destinos
    [webhooks-deliver] Envía los mensajes
    [webhooks-forget] Olvida los envíos antiguos
   *[other] { "" }
}
team-jobs-lead = El trabajo que se repite solo: vencimientos, sellado del libro, webhooks.
