# Webhooks y sus envíos.
webhooks-lead = A dónde avisa Lazo de lo que pasa, y qué fue de cada aviso.
webhooks-none = Todavía no hay destinos. Con uno, tu tienda o tu CRM se entera al momento de puntos, niveles y canjes.
webhooks-new = Añadir un destino
webhooks-url = Dirección
webhooks-url-hint = Pública y con https://
webhooks-description = Para qué es
webhooks-events = Avisos
webhooks-events-hint = Por ejemplo, points.* tier.upgraded. Vacío: todos.
webhooks-make = Añadir
webhooks-all = Todos
webhooks-on = En marcha
webhooks-off = Apagado
webhooks-failing = { $n } fallos seguidos
webhooks-secret = El secreto con el que se firma. Cópialo ahora.
webhooks-signs = Firma con
webhooks-since = Falla desde
webhooks-act = { $act ->
    [test] Probar
    [rotate] Cambiar el secreto
    [on] Encender
    [off] Apagar
    [dead] Reenviar lo perdido
    [delete] Quitar
   *[other] { $act }
}
webhooks-deliveries = Envíos
webhooks-no-deliveries = No hay envíos así.
webhooks-state = { $state ->
    [all] Todos
    [waiting] espera
    [delivered] entregado
    [dead] perdido
   *[other] { $state }
}
webhooks-what = Aviso
webhooks-when = Cuándo
webhooks-tries = Intentos
webhooks-became = Qué fue de él
webhooks-next = otra vez { $at }
webhooks-back = Volver al destino
webhooks-no-tries = Todavía no se ha intentado.
webhooks-try = Intento
webhooks-answer = Respuesta
webhooks-took = Tardó
webhooks-milliseconds = { $n } ms
webhooks-again = Enviar otra vez
webhooks-message = El mensaje
