"""Digits that are no size: dates, times of day, names and versions, labels («figura 3»), counts of what a slide shows.

None of them stands before a unit, a sign (%, ×) or a word in the plural: «2016 tokens» is no year, «nivel 99 %» no
label. The patterns are asked of text without accents.

Leaves out: code, formulas and what an author marks (numbers.py).
"""

from __future__ import annotations

import re

from coursekit.course.text.units import COUNTED, UNIT

_END = rf"(?![^\W_]|[.,:]\d|[\s\u00a0\u202f]?(?:{COUNTED}))"  # a number ends here, and no size with it
_START = r"(?<![^\W_])(?<![\d][.,])(?<![+−±~≈<>=-])"
_MONTHS = (
    "enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|setiembre|octubre|noviembre|diciembre|"
    r"(?:ene|feb|mar|abr|may|jun|jul|ago|sept?|oct|nov|dic)\b"
)
_DAYS = r"lunes|martes|miercoles|jueves|viernes|sabado|domingo"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])(?:\.?º)?"
_AND = r"(?:\s?[-–/]\s?|,\s|\s(?:y|e|a|al|o|u)\s(?:(?:el|la|los|las|del|de)\s)?)"
_YEAR = r"(?:19[4-9]\d|20[0-3]\d)"
_BARE_YEAR = r"(?:19[4-9]\d|20(?!00)[0-3]\d)"  # where no word says that it is one
_YEARS = rf"{_YEAR}(?!-\d\d-)(?:{_AND}{_YEAR}(?!-\d\d-)|[-–/]\d\d)*[a-z]?"
_CLOCK = r"(?:[01]?\d|2[0-3])[:.][0-5]\d"
_HOUR = rf"(?:{_CLOCK}|1?\d|2[0-4])(?!\.?[ºª])"
# What a number after it measures: it is no label and no name, and «una longitud de 2000» is no year.
_MEASURES = (
    r"factor|aciertos?|velocidad|ganancias?|mejoras?|ahorros?|error|errores|precision|memoria|exactitud|tiempos?|costes?|"
    r"gastos?|veces|tasa|longitud|tamaño|contexto|anchura|vocabulario|lotes?|presupuesto|total|media|maximo|minimo|"
    r"unos|unas|casi|hasta|por|mide|son|da|dan|tiene|tarda|rinde|gasta|cuesta|usa|gana|pierde|perdida|perplejidad|puntuacion|"
    r"porcentaje|proporcion|razon|relacion|valor|nota|resultado|rendimiento|caudal|latencia|aceleracion|"
    r"probabilidad|ventana|orden|numero"
)
# A year follows a preposition of time, a month or a name (Shannon, 1948); after another word it is a value.
_NAME = r"[^\W\d_]*[A-ZÁÉÍÓÚÑ][\w‑-]*"
_SINCE = (
    r"(?<!\w)(?:(?i:en|desde|hasta(?!\s2000)|hacia(?!\s2000)|entre|durante|tras|(?:antes|despues)\sde|"
    r"(?:principios|comienzos|mediados|finales)\sde|años?|curso|edicion|primavera|verano|otoño|invierno|"
    rf"{_MONTHS})(?:\s(?:del?|el))?\s"
    rf"|(?:(?!(?i:{_MEASURES})\b)[^\W\d_]+\s|(?<=\A)|(?<=[(]))(?i:del?(?:\saño)?)\s"
    rf"|(?!(?i:{_MEASURES})\b)(?:{_NAME}|al|otros|otras|cols)(?:\.,?|,)?\s\(?|\()"
)
_LABELS = (
    r"ejercicio|diapositiva|seccion|modulo|figura|fig\.|tabla|capitulo|parte|paso|version|ecuacion|ec\.|"
    r"apendice|cuaderno|pregunta|algoritmo|nivel|teorema|lema|listado|proposicion|definicion|corolario|pagina|"
    r"pag\.|pp?\.|§|nota|apartado|anexo|caso|fase|opcion|etapa|tarea|semana|sesion|clase|tema|unidad|grupo|equipo|"
    r"linea|fila|columna|celda|ejemplo|variante|prueba|experimento|intento|ronda|capa|cabeza|leccion|bloque|volumen|"
    r"vol\.|n\.?º|num\.|punto|tipo|dia|siglo|anexo|problema|reto|idea|truco|regla|objetivo|hipotesis|bloque|nodo|"
    r"modelo|pista|respuesta|peldaño|episodio|articulo|clausula|canal|posicion|semilla|token|epoca|"
    r"metodo|estrategia|enfoque|receta"
)
_PLURALS = (
    r"ejercicios|diapositivas|secciones|modulos|figuras|tablas|capitulos|partes|pasos|versiones|ecuaciones|"
    r"apendices|cuadernos|preguntas|algoritmos|niveles|teoremas|lemas|listados|proposiciones|definiciones|corolarios|"
    r"paginas|pags\.|pp\.|§§|notas|apartados|anexos|casos|fases|opciones|etapas|tareas|semanas|sesiones|clases|temas|"
    r"unidades|grupos|equipos|lineas|filas|columnas|celdas|ejemplos|variantes|pruebas|experimentos|capas|cabezas|"
    r"lecciones|bloques|puntos|tipos|dias|posiciones|semillas|metodos|estrategias|enfoques|recetas"
)
_LABEL = r"(?:[A-Z]\.?)?\d{1,3}(?:[.\-]\d{1,3})*[a-z]?"
_FAR = (
    r"(?:pagina|pag\.|pp?\.|diapositiva|linea|n\.?º|num\.|articulo|ejercicio|seccion|figura|tabla|teorema|"
    r"ecuacion|ec\.)"
)
_SHOWN = (  # what a slide or the course holds, which anyone can count
    r"flechas?|cajas?|filas?|columnas?|colores|color|ejercicios?|diapositivas?|secciones|figuras?|preguntas?|ejemplos?|"
    r"ideas?|apartados?|cuadernos?|modulos?|recuadros?|dibujos?|paneles|panel|barras?|curvas?|rayas?|casillas?|"
    r"opciones|razones|objetivos?|partes|piezas?|peldaños?|respuestas?|tarjetas?|nodos?|celdas?|lecturas?|fases|casos"
)
_SOFTWARE = (
    r"Python|CPython|PyPy|PyTorch|[Tt]orch|CUDA|cuDNN|ROCm|Node(?:\.js)?|npm|NumPy|SciPy|Triton|Transformers|JAX|TensorFlow|"
    r"Keras|Ubuntu|Debian|Fedora|Windows|macOS|Linux|Android|iOS|Chrom(?:e|ium)|Firefox|Safari|Edge|Jupyter(?:Lab)?|IPython|"
    r"Marp|Apache|BSD|GPL(?:v)?|LGPL|AGPL|MIT|CC\sBY(?:[- ](?:SA|NC|ND))*|HTML|CSS|TypeScript|JavaScript|Unicode|TOML|"
    r"YAML|JSON|GCC|Clang|LLVM|CMake|Java|Rust|Go|Julia|C\+\+|OpenMP|MPI|MKL|AVX|SSE|PEP|RFC|ISO|IEEE|Matplotlib|pandas|pip|"
    r"conda|Git|GitHub|Docker|Office|PowerPoint|Excel|LaTeX|MathJax|KaTeX|Bluetooth|USB|PCIe|HTTP|TLS|IPv|Web|Industria|Ollama|"
    r"ONNX|OpenCL|Vulkan|DirectX|Colab|Kubernetes|PostgreSQL|SQLite|MySQL|VS\sCode|"
    r"RTX|GTX|RX|EPYC|Ryzen|Xeon|Core|TPU|Radeon|Instinct|Quadro|Tesla|R|MATLAB|Spark|Ray|Lightning|Accelerate"
)
_LIBRARIES = (
    r"python|pytorch|torch|numpy|scipy|transformers|tokenizers|triton|jax|tensorflow|node|npm|matplotlib|pandas|cuda"
)
_VERSION = r"(?:≥\s?|>=\s?|v)?\d{1,4}(?:\.\d{1,3}){0,3}(?:-\d+)?"
_FAMILIES = (
    r"BERT|Bloom|Claude|Cohere|DeepSeek|Falcon\w*|Gemini|Gemma|Granite|Grok|Jamba|LLaDA|LLaMA|Llama|Mamba|Mistral|Mixtral|"
    r"Nemotron|OLMo|OPT|PaLM|Phi|Pythia|Qwen[\d.]*|RWKV|StripedHyena|TinyLlama|Yi|Zamba\d*|GPT|T5|Kimi|MiniMax|Hunyuan"
)
_MIXED = r"(?:[A-Z][\w‑-]*[A-Z\d][\w.‑-]*|[A-Z][\w]*[-‑][A-Z]\w*)"  # TinyLLaMA, Falcon-H1, Qwen2.5
_TAUGHT = r"(?:lectura|clase|presentacion|charla|descanso)"
_TECHNICAL = (  # lower-case names that end in digits
    r"(?:bf|fp|tf|u?int|float|complex|utf-?|utf_|latin-?|sha-?|md|base|gpt-?|llama-?|phi-?|qwen-?|top-|word2?vec|seq2seq|"
    r"sm_|cl\d+k_base|amd|arm|aarch|mp|mp3|h|v)"
)

STRUCTURAL = re.compile(
    "|".join(
        (
            # dates and times of day
            rf"{_START}{_DAY}(?:{_AND}{_DAY})*\s(?:de\s)?(?i:{_MONTHS})(?:(?:\sdel?|,)?\s{_YEAR}{_END})?",
            rf"\b(?i:{_DAYS}),?\s(?:dia\s)?{_DAY}{_END}",
            rf"{_START}(?:\d{{1,2}}/\d{{1,2}}/(?:\d\d){{1,2}}|\d{{1,2}}-\d{{1,2}}-\d{{4}}|\d{{4}}-\d\d-\d\d){_END}",
            rf"\b(?i:a|de|desde|hasta|hacia|sobre|entre)\slas?\s{_HOUR}"
            rf"(?:\s(?:y|a|hasta)\s(?:las?\s)?{_HOUR})?(?:\s?h\b)?{_END}",
            rf"{_START}{_CLOCK}\s?(?:[-–]|a|y)\s?(?:las\s)?{_CLOCK}(?:\s?h\b)?{_END}|{_START}{_CLOCK}\s?h\b",
            rf"(?:^|(?<=[;\ue004]))\s*{_BARE_YEAR}(?:{_AND}{_YEAR})*(?=\s*(?:[.:–—(,;·]|$))|{_SINCE}{_YEARS}{_END}",
            rf"{_START}{_YEAR}\s?[-–]\s?(?:{_YEAR}|\d\d){_END}|\b(?i:años|decada\sde\slos(?:\saños)?)\s\d0{_END}",
            # labels
            rf"(?<!\w)(?i:{_PLURALS})\s{_LABEL}(?:{_AND}{_LABEL}(?!\s?[%×]))*{_AND}{_LABEL}{_END}",
            rf"(?<!\w)(?i:{_FAR})\s?\d{{1,4}}(?:\.\d{{1,3}})*(?:(?:{_AND}|\sde\s)\d{{1,4}})?{_END}",
            rf"(?<!\w)(?i:{_LABELS})\s?(?:[A-Z]\.?)?\d{{1,2}}(?:[.\-]\d{{1,3}})*[a-z]?(?:\s?(?:de|/)\s?\d{{1,3}})?{_END}",
            rf"(?<!\w)(?i:ejercicios?|seccion(?:es)?|figuras?|tablas?)\s0?\d{{1,2}}(?:\.\d{{1,2}})*{_END}",
            rf"{_START}0\d(?:\.\d{{1,2}})?(?![^\W_]|[.,]\d|\s?(?:{COUNTED}))",
            r"^\s*\d\d\.\d{1,2}(?=\s·\s¿?[A-ZÁÉÍÓÚÑ])",  # an exercise, where it is set
            rf"(?<![\w.])[0-2]\d-(?!(?:{UNIT}|capas|puntos))[a-záéíóúñ][a-záéíóúñ-]+",
            r"\barXiv:\d{4}\.\d{4,5}(?:v\d)?|\b(?:doi|DOI):?\s?10\.\S+|\bISBN[\s:]?[\d-]+",
            rf"{_START}(?:[1-9]|1\d|20)(?:\.?[ºª]|\.?(?:er|ra|do|da|ro|to|ta|mo|ma|vo|va|no|na)\b)(?!\s(?i:partes?)\b)",
            # how long it is taught
            r"\(\d{1,3}\sminutos(?:,[^)\d\n]{1,30})?\)|\bpresentacion\sdura\s\d{1,3}\sminutos"
            rf"|\b\d{{1,3}}\sminutos\sde\s{_TAUGHT}\b|\bruta\sde\s\d\d\b(?:\sminutos)?",
            # names, with their versions and sizes
            rf"(?<!\w)(?:{_SOFTWARE})[\s-]?{_VERSION}(?:(?:,\s|\s[yo]\s){_VERSION})*{_END}",
            rf"(?<!\w)(?i:{_LIBRARIES})\s\d{{1,2}}(?:\.\d{{1,3}}){{1,2}}{_END}",
            rf"\b(?:{_FAMILIES}|{_MIXED})(?:\s\d(?:\.\d)?)?[\s-]\(?(?:\d+x)?\d+(?:[.,]\d+)?[BM]\b\)?(?!\s(?:de\b|{COUNTED}))",
            rf"\b(?:{_FAMILIES})\s\d(?:\.\d)?{_END}",
            rf"(?<![\w.,])(?![xX]\d)(?!(?i:{_MEASURES})[-‑]?\d)(?:[A-ZÁÉÍÓÚÑ][^\W\d_]*|[a-z]+[A-Z][^\W\d_]*)[-‑]?\d[\w.]*"
            rf"(?:[-‑](?!(?:{COUNTED}))\w+)*(?![\w%×‰]|\s?[%×‰]|\s(?:veces|por\sciento|puntos)\b)",
            r"(?<![\w.,])[A-Z]{2,}\.\d(?![\w%×])",  # FLUX.1
            rf"(?<![\w.,]){_TECHNICAL}\d+(?:\.\d+)*(?:[-_]\d+)?(?![\w%×‰]|\s?(?:{COUNTED}))",
            r"(?<![\w.,])x[01](?:(?:,\s|\s[yo]\s)x\d)*(?![\w%×‰.]|\s?[%×‰])|\b[OΘΩ]\(1\)",
            rf"(?<![\w.,])[a-wyz]\d{{1,2}}(?![\w%×‰.]|\s?(?:{COUNTED}))",  # a1, h2: names of quantities
            r"(?<![\w.,])(?:[1-4]D|24/7|x86(?:[-_]64)?)(?![\w%])",
            # algebra in plain text: 2 · n, 2^b, n/2, h[t - 1], (ventana − 1)
            r"(?<![\w.,])\d\s?[·*]\s?(?=[^\W\d_])|(?<![\w.,])\d\^[a-zA-Z]\b|(?<!\w)[a-zA-Z]{1,2}\s?[\^/]\s?\d\b(?!\s?[%×])",
            r"(?<=[a-zA-Z)\]]\s[-−+]\s)\d(?=[)\]])",
            # names of modules («10 · Datos»), of metrics and of files
            r"(?:^\s*|(?<=·\s))[0-2]\d(?=\s·\s[¿¡A-Z])",
            r"(?<!\w)[\w.-]*[a-zA-Z_][\w.-]*/[\w./-]*\.(?:md|ipynb|py|toml|json|html|pdf|svg|pptx|mjs)\b",
            r"(?<!\w)[a-z][a-z-]*/[a-z][\w.-]*(?<=\d)",
            # what is on the slide
            rf"{_START}(?:[1-9]|1\d|20)\s(?i:{_SHOWN})(?![^\W_]|\s(?:mas|menos|de\scada)\b)",
            r"(?<=[^\W\d_])[⁰¹²³⁴-⁹⁺⁻]+",  # n²
        )
    )
)
"""Matches the digits with what makes them a name."""
