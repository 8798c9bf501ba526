import finder from "#texts/finder/uk.json";
import words from "#texts/words/uk.json";
export default { ...words, ...finder };
