import { createHmac, randomBytes } from "node:crypto";

/**
 * Makes one word of every id and name: the same for the same, in any letter case, because Windows compares ids so and
 * relationships are joined by them. The key is thrown away with the function: names are short, and without it a hash
 * could be found by trying.
 */
export function pseudonyms(key: Buffer = randomBytes(32)): (text: string) => string {
	return (text) => {
		// Empty means not reported, and must go on meaning that.
		if (text === "") return "";
		return `x${createHmac("sha256", key).update(text.toUpperCase()).digest("hex").slice(0, 16)}`;
	};
}
