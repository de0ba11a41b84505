# Solo lo que en México se dice de otra manera.
newsletter-lead = { $tone ->
    [usted] Novedades y propuestas de la marca. Puede cancelar cuando quiera, con un clic y sin iniciar sesión.
   *[tu] Novedades y propuestas de la marca. Puedes cancelar cuando quieras, con un clic y sin iniciar sesión.
}
newsletter-leave = Cancelar la suscripción
newsletter-letter-leave = Cancelar la suscripción
newsletter-leave-do = Cancelar mi suscripción
newsletter-letters-lead = Así se lee. Lo que sale es esto mismo, byte por byte.
newsletter-list-left = Canceladas
