// The page of one gateway. Whatever comes from elsewhere (labels, names of files, reasons) is put in as text, never as markup.
const OVERVIEW_MS = 2000;
const THUMBNAIL_MS = 6000;

const byId = (id) => document.getElementById(id);

function element(tag, className, ...content) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...content);
  return made;
}

const time = (at) => new Date(at).toLocaleTimeString();

/** Cards by stream: they stay while the overview changes, so that a live picture goes on. */
const cards = new Map();

function cardOf(name) {
  const known = cards.get(name);
  if (known) return known;
  const picture = element('button', 'picture', 'no picture yet');
  picture.type = 'button';
  picture.title = 'live picture on and off';
  const facts = element('div', 'facts');
  const card = { root: element('article', '', picture, facts), picture, facts, isLive: false, image: null };
  picture.addEventListener('click', () => setLive(name, card, !card.isLive));
  cards.set(name, card);
  byId('streams').append(card.root);
  return card;
}

function setLive(name, card, isLive) {
  card.isLive = isLive;
  card.root.classList.toggle('wide', isLive);
  if (!isLive) {
    card.image?.removeAttribute('src');
    refreshThumbnail(name, card);
    return;
  }
  const image = element('img');
  image.alt = `live picture of ${name}`;
  image.src = `v1/streams/${encodeURIComponent(name)}/live`;
  image.addEventListener('error', () => card.isLive && setLive(name, card, false));
  show(card, image);
}

function show(card, image) {
  if (card.image && card.image !== image) card.image.removeAttribute('src');
  card.image = image;
  card.picture.replaceChildren(image);
}

function refreshThumbnail(name, card) {
  if (card.isLive || document.hidden || card.isAsking) return;
  card.isAsking = true;
  const image = element('img');
  image.alt = `last picture of ${name}`;
  image.addEventListener('load', () => {
    card.isAsking = false;
    if (!card.isLive) show(card, image);
  });
  image.addEventListener('error', () => {
    card.isAsking = false;
  });
  image.src = `v1/streams/${encodeURIComponent(name)}/snapshot.jpg?at=${Date.now()}`;
}

function showStream(stream) {
  const { name, model, version, state, detail, source, size, answersPerSecond, answers, defects, last } =
    stream;
  const card = cardOf(name);
  const title = element('h3', '', name, element('span', `state ${state}`, state));
  const lines = [
    title,
    element('p', 'quiet', model === null ? 'no model' : `${model}${version ? ` ${version}` : ''}`),
    element('p', 'quiet', [source, size].filter(Boolean).join(', ')),
    element('p', '', `${answersPerSecond} answers/s, ${answers} in all, ${defects} defects`),
  ];
  if (last) {
    const verdict = last.verdict
      ? [element('span', `verdict ${last.verdict}`, last.verdict.toUpperCase()), ' ']
      : [];
    lines.push(element('p', '', ...verdict, `${last.text} (${time(last.at)})`));
  }
  if (detail) lines.push(element('p', state === 'failing' ? 'failing' : 'quiet', detail));
  card.facts.replaceChildren(...lines);
}

const row = (...cells) => {
  const made = element('tr');
  made.append(...cells.map((cell) => element('td', '', cell ?? '')));
  return made;
};

function showOverview(overview) {
  const { device, fleet, agent, at, connected, streams, models, defects, conditions } = overview;
  document.title = `${device}: Hamon gateway`;
  byId('device').textContent = device;
  const link = connected ? 'connected' : 'not connected';
  byId('line').textContent = `fleet ${fleet}, agent ${agent}, ${link} with the centre, ${time(at)}`;
  byId('line').className = '';
  byId('conditions').replaceChildren(
    ...conditions.map(({ code, detail, since }) =>
      element(
        'li',
        '',
        element('strong', '', code),
        ` ${detail} (since ${new Date(since).toLocaleString()})`,
      ),
    ),
  );
  const names = new Set(streams.map(({ name }) => name));
  for (const [name, card] of cards) {
    if (names.has(name)) continue;
    card.image?.removeAttribute('src');
    card.root.remove();
    cards.delete(name);
  }
  streams.forEach(showStream);
  byId('defects').replaceChildren(
    ...defects.map((defect) =>
      row(
        new Date(defect.at).toLocaleString(),
        defect.stream,
        defect.text,
        [defect.model, defect.version].filter(Boolean).join(' '),
        defect.frame,
      ),
    ),
  );
  byId('no-defects').hidden = defects.length > 0;
  byId('models').replaceChildren(
    ...models.map(({ model, current, variant, candidate, phase }) =>
      row(model, current, variant, candidate, phase),
    ),
  );
  byId('no-models').hidden = models.length > 0;
}

async function refresh() {
  try {
    const answer = await fetch('v1/overview', { cache: 'no-store' });
    if (answer.status === 401) location.reload();
    if (!answer.ok) throw new Error(`answered ${answer.status}`);
    showOverview(await answer.json());
  } catch (cause) {
    byId('line').textContent = `the agent does not answer: ${cause.message}`;
    byId('line').className = 'bad';
  }
}

const refreshThumbnails = () => cards.forEach((card, name) => refreshThumbnail(name, card));

await refresh();
refreshThumbnails();
setInterval(() => document.hidden || refresh(), OVERVIEW_MS);
setInterval(refreshThumbnails, THUMBNAIL_MS);
document.addEventListener('visibilitychange', () => document.hidden || refresh());
