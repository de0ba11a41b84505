// Lighthouse over every page of a running demo, in two languages: as a member of each brand on a throttled phone, as
// staff on a desk.
//
//   npm ci && lazo demo > demo.log &        # wait until it listens
//   node run.mjs demo.log [--only TEXT] [--languages es-ES,en] [--json results.json]
//
// The links of the demo work once each: what they sign in is kept beside the log as demo.log.cookies, for a second run.
// Prints a Markdown table; ends with 1 when a page is below 95 in anything, or a member's home below 99 in performance.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import * as launcher from 'chrome-launcher';
import lighthouse, { desktopConfig } from 'lighthouse';

const CATEGORIES = ['performance', 'accessibility', 'best-practices'];
const LEAST = 95;
const LEAST_OF_HOME = 99;
// Pages of a member, below the portal; those of staff are found by following the console's links.
const OF_MEMBERS = ['', '/points', '/rewards', '/redemptions', '/tier', '/tier/plan', '/card', '/me', '/me/data',
  '/me/consents', '/me/devices', '/me/passkeys', '/me/leave', '/me/email', '/what-happened'];
const OF_ANYBODY = ['', '/sign-in', '/join', '/program', '/help', '/privacy'];
// What answers with something else than a page, or ends what the others need.
const NO_PAGE = /\.(pdf|csv|json|ics|js|html|webmanifest|svg|png|zip)$|\/(pdf|report|sign-out|open)(\/|$)/;
// Of pages of one kind, such as one member's, so many are looked at.
const OF_A_KIND = 1;

const given = process.argv.slice(2);
const option = (name, usual) => (given.includes(name) ? given[given.indexOf(name) + 1] : usual);
const log = given[0];
const only = option('--only', '');
const languages = option('--languages', 'es-ES,en').split(',');

/** The demo's links with who they open for: `[{ base, face, link }]`. */
function links() {
  const found = [...readFileSync(log, 'utf8').matchAll(/^\s*(https?:\/\/\S+?)(\/portal\/\w+|\/console)\/open\/(\S+)/gm)];
  if (!found.length) throw new Error(`${log} has no links of a demo; hint: lazo demo > ${log}`);
  return found.map(([, base, face, secret]) => ({ base, face, link: `${base}${face}/open/${secret}` }));
}

/** Signs in by every link, once; answers the same as `links` with a cookie each. */
async function doors() {
  const kept = `${log}.cookies`;
  if (existsSync(kept)) return JSON.parse(readFileSync(kept, 'utf8'));
  const all = [];
  for (const door of links()) {
    const answer = await fetch(door.link, { redirect: 'manual' });
    const cookie = answer.headers.getSetCookie().map((line) => line.split(';')[0]).join('; ');
    if (!cookie) throw new Error(`${door.face}: the link does not open any more; hint: start the demo again`);
    all.push({ base: door.base, face: door.face, cookie });
  }
  writeFileSync(kept, JSON.stringify(all));
  return all;
}

/** A page's kind: its path without what names one thing. */
const kind = (path) => path.split('/').map((part) => (/[0-9]/.test(part) ? '*' : part)).join('/');

/** The pages that somebody of the staff reaches by links. */
async function crawled(door) {
  const [seen, kinds, queue] = [new Set(), new Map(), [door.face]];
  const pages = [];
  while (queue.length) {
    const path = queue.shift();
    const same = kinds.get(kind(path)) ?? 0;
    if (seen.has(path) || same >= OF_A_KIND || NO_PAGE.test(path)) continue;
    seen.add(path);
    kinds.set(kind(path), same + 1);
    const answer = await fetch(door.base + path, { headers: { cookie: door.cookie }, redirect: 'manual' });
    if (answer.status !== 200 || !answer.headers.get('content-type')?.startsWith('text/html')) continue;
    pages.push(path);
    for (const [, href] of (await answer.text()).matchAll(/href="(\/(?:console|caja)[^"?#]*)/g)) queue.push(href);
  }
  return pages;
}

/** One page, looked at. */
async function look(chrome, page, language) {
  const phone = page.path.startsWith('/portal');
  const extraHeaders = { 'Accept-Language': language, ...(page.cookie && { Cookie: page.cookie }) };
  const flags = { port: chrome.port, onlyCategories: CATEGORIES, extraHeaders, logLevel: 'error' };
  const { lhr } = await lighthouse(page.base + page.path, flags, phone ? undefined : desktopConfig);
  if (lhr.runtimeError) throw new Error(`${page.path}: ${lhr.runtimeError.message}`);
  const scores = CATEGORIES.map((name) => Math.round((lhr.categories[name].score ?? 0) * 100));
  const short = Object.values(lhr.categories).flatMap((category) => category.auditRefs)
    .filter((ref) => ref.weight > 0 && (lhr.audits[ref.id].score ?? 1) < 0.9).map((ref) => ref.id);
  return {
    page: page.path.replace(/[a-z]{2,4}_[0-9a-z]+/g, '…'), who: page.cookie ? 'signed in' : 'anybody', language, scores, short,
    first: Math.round(lhr.audits['first-contentful-paint'].numericValue),
    largest: Math.round(lhr.audits['largest-contentful-paint'].numericValue),
    kilobytes: Math.round(lhr.audits['total-byte-weight'].numericValue / 100) / 10,
  };
}

function told(results) {
  const line = (row) => `| ${row.join(' | ')} |`;
  const rows = results.map((r) => line([r.page, r.who, r.language, ...r.scores, r.first, r.largest, r.kilobytes, r.short.join(', ')]));
  const head = ['page', 'who', 'language', ...CATEGORIES, 'first paint, ms', 'largest paint, ms', 'kB', 'below .9'];
  return [line(head), line(head.map(() => '---')), ...rows].join('\n');
}

const isLow = (r) => r.scores.some((score) => score < LEAST)
  || (/^\/portal\/\w+$/.test(r.page) && r.scores[0] < LEAST_OF_HOME);

const pages = [];
const all = await doors();
for (const site of new Set(all.filter((d) => d.face.startsWith('/portal')).map((d) => d.face))) {
  const door = all.find((d) => d.face === site);
  pages.push(...OF_ANYBODY.map((path) => ({ base: door.base, path: site + path })));
  pages.push(...OF_MEMBERS.map((path) => ({ ...door, path: site + path })));
}
const known = new Set();
for (const door of all.filter((d) => d.face === '/console')) {
  for (const path of await crawled(door)) {
    if (!known.has(kind(path))) pages.push({ ...door, path });
    known.add(kind(path));
  }
}
const wanted = pages.filter((page) => page.path.includes(only));
const chrome = await launcher.launch({
  chromePath: process.env.CHROME_PATH ?? '/usr/bin/chromium', chromeFlags: ['--headless=new', '--no-sandbox', '--disable-gpu'],
});
const results = [];
try {
  for (const [place, page] of wanted.entries()) {
    // What is not there for this member, such as a merge, is no page of his or hers.
    const headers = page.cookie ? { cookie: page.cookie } : {};
    const answer = await fetch(page.base + page.path, { headers, redirect: 'manual' });
    if (answer.status !== 200) continue;
    for (const language of languages) {
      console.error(`${place + 1} of ${wanted.length}: ${page.path} ${language}`);
      results.push(await look(chrome, page, language));
    }
  }
} finally {
  chrome.kill();
}
console.log(told(results));
const low = results.filter(isLow);
console.log(`\n${results.length} looks at ${new Set(results.map((r) => r.page + r.who)).size} pages; ${low.length} below the aim`);
const file = option('--json');
if (file) writeFileSync(file, JSON.stringify(results, null, 1));
process.exit(low.length ? 1 : 0);
