# Lo que en México se dice de otro modo.
team-over = Vencida
team-job-what = { $job ->
    [expiry] Puntos que vencen o se liberan, y revisión de niveles
    [notices-find] Busca de qué avisar a quien lo pidió
    [notices-send] Envía los avisos a los navegadores
    [notices-forget] Olvida los avisos antiguos
    [sealing] Sella el libro de asientos
    [trials-forget] Olvida las pruebas con dos ficheros
    [wallet_passes-look] Mira qué tarjetas de cartera han cambiado
    [wallet_passes-tell] Avisa de los cambios a Apple y a Google
    [webhooks-fan_out] Reparte los mensajes entre los destinos
    [webhooks-deliver] Envía los mensajes
    [webhooks-forget] Olvida los envíos antiguos
   *[other] { "" }
}
team-jobs-lead = El trabajo que se repite solo: vencimientos, sellado del libro, webhooks.
