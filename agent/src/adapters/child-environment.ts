/** The agent's alone: its secrets, and what systemd gave it. */
const OWN =
  /^(HAMON_|CREDENTIALS_DIRECTORY$|NOTIFY_SOCKET$|WATCHDOG_|LISTEN_|INVOCATION_ID$|JOURNAL_STREAM$)/;

/** What a foreign program gets of the agent's environment, and `further` on top. Its messages are read: in English. */
export function childEnvironment(further: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !OWN.test(name));
  return { ...Object.fromEntries(inherited), LC_ALL: 'C', ...further };
}
