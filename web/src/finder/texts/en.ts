import finder from "#texts/finder/en.json";
import sentence from "#texts/finder-sentence/en.json";
import words from "#texts/words/en.json";
export default { ...words, ...sentence, ...finder };
