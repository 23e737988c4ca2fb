/** Days as people write them. */
export type Weekday = "Mon" | "Tue" | "Wed" | "Thu" | "Fri" | "Sat" | "Sun";

/** A time of the week in which roles may move. */
export interface ChangeWindow {
	/** Days on which it begins. */
	readonly days: readonly Weekday[];
	/** `HH:MM`, when it begins. */
	readonly from: string;
	/** `HH:MM`, when it ends; not later than `from`: on the day after. */
	readonly to: string;
	/** IANA name, for example `Europe/Berlin`. Default `UTC`. */
	readonly timeZone?: string;
}

/** `from` is inside, `to` is not. */
export function isInside({ days, from, to, timeZone = "UTC" }: ChangeWindow, moment: Date): boolean {
	const [begins, ends] = [minutesOf(from), minutesOf(to)];
	const local = localTime(moment, timeZone);
	const onDay = (day: number) => days.includes(weekdays[(day + 7) % 7] as Weekday);
	if (begins < ends) return onDay(local.day) && local.minutes >= begins && local.minutes < ends;
	return (onDay(local.day) && local.minutes >= begins) || (onDay(local.day - 1) && local.minutes < ends);
}

export function describeWindow({ days, from, to, timeZone = "UTC" }: ChangeWindow): string {
	return `${days.join(", ")} ${from}-${to} ${timeZone}`;
}

const weekdays: readonly Weekday[] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

function localTime(moment: Date, timeZone: string): { readonly day: number; readonly minutes: number } {
	const parts = new Intl.DateTimeFormat("en-GB", {
		timeZone,
		weekday: "short",
		hour: "2-digit",
		minute: "2-digit",
		hourCycle: "h23",
	}).formatToParts(moment);
	const part = (type: string) => parts.find((each) => each.type === type)?.value ?? "";
	return { day: weekdays.indexOf(part("weekday") as Weekday), minutes: minutesOf(`${part("hour")}:${part("minute")}`) };
}

/** A window that is misspelled would be one that never opens, or that never closes. */
function minutesOf(time: string): number {
	const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time);
	if (match === null) throw new RangeError(`a window begins and ends at HH:MM, not at ${JSON.stringify(time)}`);
	return Number(match[1]) * 60 + Number(match[2]);
}
