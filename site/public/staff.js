/** What script adds to the staff page: a button that copies an answer. Without it the text is there to be selected. */

for (const button of document.querySelectorAll('[data-copy]')) {
  button.parentElement.hidden = !navigator.clipboard
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(button.dataset.copy)
    button.textContent = button.dataset.copied
  })
}
