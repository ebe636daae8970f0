const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** A local time as Python's strftime writes it in the C locale; directives that are not known stay as they are. */
export function formatTime(now: Date, format: string): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const [year, hour] = [now.getFullYear(), now.getHours()];
  const [day, month] = [DAYS[now.getDay()] as string, MONTHS[now.getMonth()] as string];
  const parts: Readonly<Record<string, string>> = {
    '%Y': String(year),
    '%y': two(year % 100),
    '%m': two(now.getMonth() + 1),
    '%d': two(now.getDate()),
    '%H': two(hour),
    '%I': two(hour % 12 || 12),
    '%M': two(now.getMinutes()),
    '%S': two(now.getSeconds()),
    '%p': hour < 12 ? 'AM' : 'PM',
    '%A': day,
    '%a': day.slice(0, 3),
    '%B': month,
    '%b': month.slice(0, 3),
    '%%': '%',
  };
  return format.replace(/%[A-Za-z%]/g, (directive) => parts[directive] ?? directive);
}
