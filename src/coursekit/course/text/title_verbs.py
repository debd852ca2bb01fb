"""Whether a title has a verb: the verbs of the course's titles, by their forms."""

from __future__ import annotations

import re
from functools import cache

from coursekit.course.text.fold import fold
from coursekit.course.text.verbs import any_of

_REGULAR = (
    "abrir acabar acelerar acertar acercar aguantar ahorrar alcanzar anotar apagar aprender atender aumentar "
    "balbucear bajar bastar borrar buscar caber caer calcular cambiar cazar comparar compartir comprobar "
    "concordar contar contestar copiar corregir correr cortar costar crecer creer cruzar cubrir deber decidir "
    "deducir dejar depender desaparecer desvanecer devolver dibujar distinguir dividir dudar durar duplicar "
    "elegir empatar empeorar empezar encajar encontrar enlazar ensayar entender entrar entrenar equilibrar "
    "escribir esperar estropear existir fallar faltar filtrar ganar gastar generar guardar hablar igualar impedir "
    "importar juntar leer levantar llamar llegar llenar llevar llorar mandar medir mejorar mentir mezclar mirar "
    "mover multiplicar necesitar nombrar ocupar olvidar oler pagar parar parecer partir pasar pedir perder pesar "
    "poner preguntar preferir probar prometer proponer quedar quitar rebajar recordar recorrer recuperar reducir "
    "rehacer rellenar rendir repartir repetir replicar resistir resolver responder robar romper saber sacar "
    "saltar seguir separar servir sobrar sobrevivir sorprender subir sumar superar tapar tardar terminar tirar "
    "tocar tomar trabajar transformar triplicar unir usar valer vaciar ver vender viajar vivir volver"
)
_IRREGULAR = (
    "es son era eran fue fueron sera seran ser siendo esta estan estaba estaban hay habia hubo tiene tienen tenia "
    "tenian tuvo tener va van iba iban ir da dan daba dar hace hacen hacia hizo hacer dice dicen decia decir "
    "puede pueden podia poder pone ponen sale salen salir viene vienen venir quiere quieren sabe saben cae caen "
    "cabe caben oye oyen ve ven mide miden pide piden sirve sirven sigue siguen elige eligen corrige corrigen "
    "repite repiten rinde rinden miente mienten mueve mueven vuelve vuelven devuelve devuelven resuelve resuelven "
    "prueba prueban encuentra encuentran cuenta cuentan cuesta cuestan acierta aciertan recuerda recuerdan pierde "
    "pierden entiende entienden empieza empiezan concuerda concuerdan huele propone proponen impide impiden "
    "prefiere prefieren reduce reducen deduce deducen lee leen cree creen construye construyen distribuye influye "
    "incluye incluyen ha han he"
)


def has_verb(title: str) -> bool:
    """Whether a title holds a verb that is known."""
    return bool(_verbs().search(fold(title)))


@cache
def _verbs() -> re.Pattern[str]:
    irregular = "|".join(_IRREGULAR.split())
    return re.compile(rf"(?<!\w)(?:{any_of(_REGULAR)}|{irregular})(?!\w)", re.IGNORECASE)
