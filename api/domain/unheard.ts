/** What to say where no NOTIFY comes through, in the log and by `sitrep doctor`. */
export const UNHEARD = {
  text: 'No NOTIFY comes through: a pooler in transaction mode is in front of the database. What is posted goes out at the next look, within seconds.',
  mend: 'Behind such a pooler DATABASE_URL needs ?prepare=false. To be woken at once, name the database itself or a pool in session mode.',
}
