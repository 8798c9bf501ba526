import finder from "#texts/finder/de.json";
import words from "#texts/words/de.json";
export default { ...words, ...finder };
