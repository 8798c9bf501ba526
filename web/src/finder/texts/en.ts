import finder from "#texts/finder/en.json";
import words from "#texts/words/en.json";
export default { ...words, ...finder };
