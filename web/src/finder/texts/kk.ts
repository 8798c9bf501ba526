import finder from "#texts/finder/kk.json";
import words from "#texts/words/kk.json";
export default { ...words, ...finder };
