# Solo lo que en México se dice de otra manera.
sessions-join-link = { $tone ->
    [usted] Inscríbase
   *[tu] Únete
}
sessions-join-act = { $tone ->
    [usted] Inscribirme
   *[tu] Unirme
}
