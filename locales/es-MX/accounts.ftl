# Solo lo que en México se dice de otra manera.
accounts-endings = Lo que vence y cuándo
accounts-lines = El ticket
