// In the page of a deck: its switches and sliders. No network, no library; the arrow keys belong to the control that has
// the focus, and to the presentation otherwise. Marp escapes three signs in a script: none of them stands here.
document.querySelectorAll('.control[data-of]').forEach(function (control) {
  const scripts = Array.from(document.querySelectorAll('script[data-states-of]'))
  const data = scripts.find(function (script) { return script.dataset.statesOf === control.dataset.of })
  const states = JSON.parse(data.textContent)
  const place = control.closest('.interactive')
  const range = control.querySelector('input')
  const buttons = Array.from(control.querySelectorAll('button'))

  function show(at) {
    place.querySelectorAll('[data-slot]').forEach(function (slot) { slot.textContent = states.values[slot.dataset.slot][at] })
    place.querySelectorAll('svg[data-drawing="states"] g[data-frame]').forEach(function (frame) {
      if (Number(frame.dataset.frame) === at + 1) frame.removeAttribute('display')
      else frame.setAttribute('display', 'none')
    })
    if (range) {
      range.setAttribute('aria-valuetext', states.labels[at])
      control.querySelector('output').textContent = states.labels[at]
    }
    buttons.forEach(function (button, i) { button.setAttribute('aria-pressed', String(i === at)) })
  }

  if (range) range.addEventListener('input', function () { show(Number(range.value)) })
  buttons.forEach(function (button, i) { button.addEventListener('click', function () { show(i) }) })
  control.addEventListener('keydown', function (event) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
    const next = buttons[buttons.indexOf(document.activeElement) + step]
    if (next) {
      next.focus()
      next.click()
    }
  })
  ;['keydown', 'click', 'wheel', 'touchstart'].forEach(function (kind) {
    control.addEventListener(kind, function (event) { if (!['Tab', 'PageDown', 'PageUp'].includes(event.key)) event.stopPropagation() })
  })
})
