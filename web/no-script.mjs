// What stands in the page where JavaScript is off: the same few sentences in every language, so
// that a language is complete with its one file.

const PROGRAM = '<code translate="no">beistand-report</code>';
const EMERGENCY = '<a href="tel:112">112</a>';

/** Text for HTML. */
function escaped(text) {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/"/g, '&quot;');
}

function pageIn(code, source, translated) {
  const say = (key, ...parameters) =>
    escaped(translated[key] ?? source[key]).replace(/\$(\d)/g, (_, place) => parameters[Number(place) - 1]);
  return `<main class="page plain" lang="${code}">
<h1>${say('report-heading')}</h1>
<p>${say('plain-text')}</p>
<h2>${say('plain-ways')}</h2>
<ul>
<li>${say('plain-browser')}</li>
<li>${say('plain-program', PROGRAM)}</li>
<li>${say('plain-write')}</li>
</ul>
<h2>${say('plain-danger')}</h2>
<p>${say('helplines-emergency', EMERGENCY)}</p>
</main>`;
}

/** One section a language, English first. */
export function pagesWithoutScript({ en, ...others }) {
  return Object.entries({ en, ...others })
    .map(([code, messages]) => pageIn(code, en, messages))
    .join('\n');
}
