# Avisos en el navegador.
push-title = Avisos en este dispositivo
push-lead = { $tone ->
    [usted] Si lo pide, le avisamos aquí de tres cosas, aunque la página esté cerrada:
   *[tu] Si lo pides, te avisamos aquí de tres cosas, aunque la página esté cerrada:
}
push-what-points = { $tone ->
    [usted] Sus puntos caducan en las próximas dos semanas.
   *[tu] Tus puntos caducan en las próximas dos semanas.
}
push-what-reward = { $tone ->
    [usted] Ya le alcanza para una recompensa.
   *[tu] Ya te alcanza para una recompensa.
}
push-what-voucher = { $tone ->
    [usted] Un vale suyo termina en tres días o menos.
   *[tu] Un vale tuyo termina en tres días o menos.
}
push-how-often = { $tone ->
    [usted] Cada cosa se avisa una vez y nunca de noche. Al activarlos, acepta recibir ofertas y novedades por este medio; puede quitarlos aquí cuando quiera.
   *[tu] Cada cosa se avisa una vez y nunca de noche. Al activarlos, aceptas recibir ofertas y novedades por este medio; puedes quitarlos aquí cuando quieras.
}
push-do = Activar los avisos aquí
push-none = Este navegador no sabe recibir avisos. En un iPhone, esta página se añade antes a la pantalla de inicio.
push-stopped = { $tone ->
    [usted] El navegador no lo ha permitido. Puede cambiarlo en sus ajustes e intentarlo otra vez.
   *[tu] El navegador no lo ha permitido. Puedes cambiarlo en sus ajustes e intentarlo otra vez.
}
push-refused = No se han podido activar los avisos en este navegador.
push-on = Avisos activados.
push-off = Avisos quitados.
push-devices = Navegadores con avisos
push-since = Desde el { $day }
push-end = Quitar
push-points-end = { $amount } caducan tras el { $day }.
push-reward-reached = { $tone ->
    [usted] Ya le alcanza para: { $reward }.
   *[tu] Ya te alcanza para: { $reward }.
}
push-voucher-ends = { $tone ->
    [usted] Su vale «{ $reward }» termina el { $day }.
   *[tu] Tu vale «{ $reward }» termina el { $day }.
}
